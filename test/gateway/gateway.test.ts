import { createServer, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { AMIClient, CallManager } from 'obelus-asterisk'
import { Gateway, type GatewayOptions, type GatewayToken } from 'obelus-asterisk/gateway'
import { LiveModel } from 'obelus-asterisk/live'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished } from 'vitest'

const BOARD = 'board-token-0123456789-0123456789-abc'
const AGENT = 'agent-token-0123456789-0123456789-abc'
const CHIEF = 'chief-token-0123456789-0123456789-abc'
const TOKENS: readonly GatewayToken[] = [
  { token: BOARD, read: ['queues/support'] },
  { token: AGENT, read: ['queues/*'], as: 'PJSIP/101', may: ['call', 'pause', 'hangup', 'transfer'] },
  { token: CHIEF, read: ['*'], may: ['call', 'pause', 'hangup', 'transfer'] },
]

async function office(options: Partial<GatewayOptions> = {}) {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  pbx.queue('support', { members: { Ann: 'PJSIP/101', Bob: 'PJSIP/102' } })
  pbx.queue('sales', { members: { Cid: 'PJSIP/103' } })
  pbx.dialplan({ 101: 'answer', 102: 'answer', 200: 'noanswer' })
  const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: pbx.connector })
  await ami.login()
  const calls = new CallManager(ami)
  const live = new LiveModel(ami, { calls })
  await live.ready()
  const errors: Error[] = []
  const gateway = new Gateway({
    live,
    calls,
    tokens: TOKENS,
    context: 'default',
    onError: (error) => errors.push(error),
    ...options,
  })
  const server = createServer(gateway.handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  onTestFinished(async () => {
    await gateway.close()
    server.closeAllConnections()
    server.close()
    live.close()
    calls.close()
    await ami.close()
    await pbx.close()
  })
  const base = `http://127.0.0.1:${port}`
  const ask = (path: string, token?: string, init: RequestInit = {}) =>
    fetch(`${base}${path}`, {
      ...init,
      headers: { ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }), ...init.headers },
    })
  const post = (path: string, token: string | undefined, body: unknown = {}, headers: Record<string, string> = {}) =>
    ask(path, token, { method: 'POST', body: JSON.stringify(body), headers })
  return { pbx, ami, calls, live, gateway, port, base, ask, post, errors }
}

interface Message {
  readonly id: string
  readonly event: string
  // biome-ignore lint/suspicious/noExplicitAny: what it is, the test says.
  readonly data: any
}

/** Reads server-sent events by hand. */
async function reader(response: Response) {
  const body = (response.body as ReadableStream<Uint8Array>).getReader()
  onTestFinished(() => body.cancel().catch(() => undefined))
  const decoder = new TextDecoder()
  let text = ''
  return async (): Promise<Message> => {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end >= 0) {
        const lines = text.slice(0, end).split('\n')
        text = text.slice(end + 2)
        const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? ''
        if (field('event') !== '') return { id: field('id'), event: field('event'), data: JSON.parse(field('data')) }
        continue
      }
      const { value, done } = await body.read()
      if (done) throw new Error('the stream has ended')
      text += decoder.decode(value, { stream: true })
    }
  }
}

describe('tokens', () => {
  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['short', 'x'.repeat(31)],
  ])('a %s one is refused when the gateway is made', async (_, token) => {
    const { live } = await office()
    expect(() => new Gateway({ live, tokens: [{ token: token as string, read: ['*'] }] })).toThrow(
      'tokens[0].token must have at least 32 characters',
    )
  })

  it.each([
    [[], 'there must be at least one'],
    [[{ token: BOARD, read: ['secrets'] }], 'read has "secrets"; there are *, queues'],
    [[{ token: BOARD, read: ['*'], may: ['everything'] }], 'tokens[0].may'],
    [
      [
        { token: BOARD, read: ['*'] },
        { token: BOARD, read: ['calls'] },
      ],
      'the same token is there twice',
    ],
    [[{ token: BOARD }], 'tokens[0].read'],
  ])('what cannot be is refused: %j', async (tokens, message) => {
    const { live } = await office()
    const make = () => new Gateway({ live, tokens: tokens as never })
    expect(make).toThrow(message)
    expect(make).not.toThrow(BOARD)
  })

  it('what is no model, and options that there are not, are refused', () => {
    expect(() => new Gateway({ live: {} as never, tokens: TOKENS })).toThrow('live must be a LiveModel')
    expect(() => new Gateway({ tokens: TOKENS } as never)).toThrow('live')
  })

  it('nobody comes in without one, or with a wrong one', async () => {
    const { ask, base } = await office()
    expect((await ask('/api/state')).status).toBe(401)
    expect((await ask('/api/state', 'wrong-token-0123456789-0123456789-abc')).status).toBe(401)
    expect((await ask('/api/state', `${BOARD}x`)).status).toBe(401)
    expect((await fetch(`${base}/api/state?token=${BOARD}`)).status).toBe(401)
    expect((await fetch(`${base}/api/state`, { headers: { Cookie: 'obelus_session=made-up' } })).status).toBe(401)
  })

  it('too many wrong ones are enough for a minute, whatever comes then', async () => {
    const { ask } = await office()
    for (let attempt = 0; attempt < 10; attempt += 1)
      expect((await ask('/api/me', `wrong-${attempt}-0123456789-0123456789-abc`)).status).toBe(401)
    const refused = await ask('/api/me', BOARD)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0)
  })

  it('behind a proxy the address is the one that it tells, and not what a client says of itself', async () => {
    const { ask } = await office({ behindProxy: true })
    const from = (address: string, token: string) =>
      ask('/api/me', token, { headers: { 'X-Forwarded-For': `9.9.9.9, ${address}` } })
    for (let attempt = 0; attempt < 10; attempt += 1) await from('192.0.2.1', `wrong-${attempt}-0123456789-0123456789-abc`)
    expect((await from('192.0.2.1', BOARD)).status).toBe(429)
    expect((await from('192.0.2.2', BOARD)).status).toBe(200)
  })
})

describe('reading', () => {
  it('has what the token may read, and nothing else', async () => {
    const { ask } = await office()
    const board = await (await ask('/api/state', BOARD)).json()
    expect(Object.keys(board.queues)).toEqual(['support'])
    expect(Object.keys(board.members).sort()).toEqual(['support/PJSIP/101', 'support/PJSIP/102'])
    expect(board.endpoints).toEqual({})
    expect(board.deviceStates).toEqual({})
    expect(board.isComplete).toBe(true)
    const chief = await (await ask('/api/state', CHIEF)).json()
    expect(Object.keys(chief.queues).sort()).toEqual(['sales', 'support'])
    expect(await (await ask('/api/me', AGENT)).json()).toEqual({
      as: 'PJSIP/101',
      may: ['call', 'pause', 'hangup', 'transfer'],
      read: ['queues/*'],
    })
  })

  it('tells changes as patches behind a snapshot, and only of what the token may read', async () => {
    const { ask, live } = await office()
    const next = await reader(await ask('/api/changes', BOARD))
    const snapshot = await next()
    expect(snapshot.event).toBe('snapshot')
    expect(Object.keys(snapshot.data.queues)).toEqual(['support'])
    await live.queues.get('sales')?.members.get('PJSIP/103')?.pause('secret meeting')
    await live.queues.get('support')?.members.get('PJSIP/101')?.pause('lunch')
    for (;;) {
      const { event, data } = await next()
      expect(event).toBe('patch')
      expect(JSON.stringify(data)).not.toContain('secret meeting')
      const found = data.changes.find(({ key }: { key: string }) => key === 'support/PJSIP/101')
      if (found?.now.isPaused) break
    }
  })

  it('goes on where a reader was, and begins anew where that is not known', async () => {
    const { ask, live } = await office()
    const first = await reader(await ask('/api/changes', CHIEF))
    const { id } = await first()
    await live.queues.get('support')?.members.get('PJSIP/101')?.pause('lunch')
    const patch = await first()
    const again = await reader(await ask('/api/changes', CHIEF, { headers: { 'Last-Event-ID': id } }))
    expect(await again()).toEqual(patch)
    for (const unknown of ['', 'x', 'abc-1', `${id.split('-')[0]}-99999`, `${id.split('-')[0]}--1`]) {
      const anew = await reader(await ask('/api/changes', CHIEF, { headers: { 'Last-Event-ID': unknown } }))
      expect((await anew()).event).toBe('snapshot')
    }
  })

  it('has the calls that are under way, each change of theirs, and their end', async () => {
    const { ask, calls } = await office()
    const next = await reader(await ask('/api/changes', CHIEF))
    await next()
    const call = calls.originate({ channel: 'PJSIP/200', application: 'Wait', data: '60' })
    const statuses: unknown[] = []
    const told = async () => {
      const { data } = await next()
      for (const { area, key, now } of data.changes)
        if (area === 'calls' && key === call.id) statuses.push(now === null ? null : now.status)
    }
    while (!statuses.includes('ringing')) await told()
    expect((await (await ask('/api/state', BOARD)).json()).calls).toEqual({})
    await call.hangup()
    while (!statuses.includes(null)) await told()
    expect((await (await ask('/api/state', CHIEF)).json()).calls).toEqual({})
  })

  it('says that it is not complete while the server is away, and is healthy again behind it', async () => {
    const { ask, pbx, live } = await office()
    expect((await ask('/healthz')).status).toBe(200)
    pbx.disconnectAll()
    await expect.poll(() => live.isComplete).toBe(false)
    expect((await ask('/healthz')).status).toBe(503)
    await expect.poll(async () => (await ask('/healthz')).status, { timeout: 5_000 }).toBe(200)
  })
})

describe('acting', () => {
  it('calls, and tells what became of it', async () => {
    const { post, pbx } = await office()
    const answer = await post('/api/calls', CHIEF, { from: 'PJSIP/101', to: '200' })
    expect(answer.status).toBe(202)
    const { id } = await answer.json()
    expect(typeof id).toBe('string')
    const request = await pbx.waitForAction('Originate')
    expect(request.get('Channel')).toBe('PJSIP/101')
    expect([request.get('Context'), request.get('Exten')]).toEqual(['default', '200'])
    expect((await post(`/api/calls/${id}/hangup`, CHIEF)).status).toBe(200)
  })

  it('calls from the own device only, where the token is of one', async () => {
    const { post, pbx } = await office()
    expect((await post('/api/calls', AGENT, { from: 'PJSIP/102', to: '200' })).status).toBe(403)
    expect((await post('/api/calls', AGENT, { to: '200' })).status).toBe(202)
    expect((await pbx.waitForAction('Originate')).get('Channel')).toBe('PJSIP/101')
  })

  it.each([
    { to: '200' },
    { from: 'PJSIP/101', to: '200,1' },
    { from: 'PJSIP/101', to: '${SHELL(x)}' },
    { from: 'PJSIP/101&PJSIP/102', to: '200' },
    { from: 'PJSIP/101', to: 200 },
    { from: 'PJSIP/101' },
    [],
  ])('refuses what cannot be dialled: %j', async (body) => {
    const { post, pbx } = await office()
    expect((await post('/api/calls', CHIEF, body)).status).toBe(400)
    expect(pbx.actions('Originate')).toHaveLength(0)
  })

  it('does no more than the token says', async () => {
    const { post, ask, live, calls } = await office()
    expect((await post('/api/calls', BOARD, { from: 'PJSIP/101', to: '200' })).status).toBe(403)
    expect((await post('/api/members/support/PJSIP%2F101/pause', BOARD)).status).toBe(403)
    expect((await post('/api/members/support/PJSIP%2F102/pause', AGENT)).status).toBe(403)
    const call = calls.originate({ channel: 'PJSIP/102', application: 'Wait', data: '60' })
    await call.waitFor('up')
    expect((await post(`/api/calls/${call.id}/hangup`, BOARD)).status).toBe(403)
    // Of a call of others an agent does not even hear whether it is there.
    expect((await post(`/api/calls/${call.id}/hangup`, AGENT)).status).toBe(404)
    expect((await post(`/api/calls/${call.id}/transfer`, AGENT, { to: '200' })).status).toBe(404)
    expect(call.status).toBe('up')
    expect(live.queues.get('support')?.members.get('PJSIP/101')?.isPaused).toBe(false)
    expect((await ask('/api/calls', CHIEF)).status).toBe(405)
  })

  it('pauses and unpauses, with a reason', async () => {
    const { post, live } = await office()
    const member = () => live.queues.get('support')?.members.get('PJSIP/101')
    expect((await post('/api/members/support/PJSIP%2F101/pause', AGENT, { reason: 'lunch' })).status).toBe(200)
    await expect.poll(() => member()?.pausedReason).toBe('lunch')
    expect((await post('/api/members/support/PJSIP%2F101/unpause', AGENT)).status).toBe(200)
    await expect.poll(() => member()?.isPaused).toBe(false)
    expect((await post('/api/members/nowhere/PJSIP%2F101/pause', AGENT)).status).toBe(404)
    expect((await post('/api/members/support/PJSIP%2F101/pause', AGENT, { reason: 'x'.repeat(80) })).status).toBe(400)
  })
})

describe('a page', () => {
  it('shows its token once, and has a cookie that its scripts cannot read', async () => {
    const { post, ask } = await office()
    const answer = await post('/api/session', undefined, { token: AGENT })
    const cookie = answer.headers.get('Set-Cookie') ?? ''
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/)
    expect(cookie).not.toContain(AGENT)
    const session = { Cookie: cookie.split(';')[0] ?? '' }
    expect((await ask('/api/me', undefined, { headers: session })).status).toBe(200)
    await ask('/api/session', undefined, { method: 'DELETE', headers: session })
    expect((await ask('/api/me', undefined, { headers: session })).status).toBe(401)
    expect((await post('/api/session', undefined, { token: 'wrong' })).status).toBe(401)
  })

  it('of another site can do nothing by it', async () => {
    const { post, base, live } = await office({ origins: ['https://board.example'] })
    const cookie = ((await post('/api/session', undefined, { token: CHIEF })).headers.get('Set-Cookie') ?? '').split(';')[0] ?? ''
    const pause = (headers: Record<string, string>) =>
      post('/api/members/support/PJSIP%2F101/pause', undefined, {}, { Cookie: cookie, ...headers })
    for (const Origin of ['https://evil.example', 'null', 'garbage', `${base}.evil.example`])
      expect((await pause({ Origin })).status).toBe(403)
    expect(live.queues.get('support')?.members.get('PJSIP/101')?.isPaused).toBe(false)
    for (const Origin of [base, 'https://board.example']) expect((await pause({ Origin })).status).toBe(200)
  })
})

describe('hostile requests', () => {
  it('get an answer that says what is wrong', async () => {
    const { ask, errors } = await office()
    const send = (body: string) => ask('/api/calls', CHIEF, { method: 'POST', body })
    expect((await send('{')).status).toBe(400)
    expect((await send('"text"')).status).toBe(400)
    expect((await send(JSON.stringify({ from: 'x'.repeat(20_000) }))).status).toBe(413)
    expect((await ask('/api/members/%ff/x/pause', CHIEF, { method: 'POST' })).status).toBe(400)
    for (const path of ['/nothing', '/api', '/api/', '/api/nothing', '/api/state/x', '/../etc/passwd', '/api/calls/x']) {
      const { status, headers } = await ask(path, CHIEF)
      expect(status).toBe(404)
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
      expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'")
    }
    expect(errors).toEqual([])
  })

  it('that end in the middle leave nothing behind', async () => {
    const { port, ask } = await office()
    for (let number = 0; number < 5; number += 1) {
      const socket = connect(port, '127.0.0.1')
      socket.write(`POST /api/calls HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${CHIEF}\r\nContent-Length: 100\r\n\r\n{"from`)
      await new Promise((resolve) => socket.once('connect', resolve))
      socket.destroy()
    }
    expect((await ask('/healthz')).status).toBe(200)
  })

  it('of readers who take nothing are let go, and the others go on', async () => {
    const { port, ask, live } = await office()
    const stalled = httpRequest({ host: '127.0.0.1', port, path: '/api/changes', headers: { Authorization: `Bearer ${CHIEF}` } })
    stalled.on('error', () => undefined)
    stalled.end()
    onTestFinished(() => {
      stalled.destroy()
    })
    const next = await reader(await ask('/api/changes', CHIEF))
    await next()
    await live.queues.get('support')?.members.get('PJSIP/101')?.pause('lunch')
    expect((await next()).event).toBe('patch')
  })
})

it('stands behind a path, and is closed in order', async () => {
  const { ask, gateway } = await office({ basePath: '/pbx/' })
  expect((await ask('/api/state', BOARD)).status).toBe(404)
  expect((await ask('/pbx/api/state', BOARD)).status).toBe(200)
  const next = await reader(await ask('/pbx/api/changes', BOARD))
  await next()
  await gateway.close()
  await gateway.close()
  await expect(next()).rejects.toThrow('the stream has ended')
  expect((await ask('/pbx/api/state', BOARD)).status).toBe(503)
})
