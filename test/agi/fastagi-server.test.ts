import { once } from 'node:events'
import { connect, Socket } from 'node:net'
import {
  AGIHangupError,
  type AGISession,
  AGISessionEndedError,
  AMIClient,
  FastAGIServer,
  type FastAGIServerOptions,
} from 'obelus-asterisk'
import { action, FakeAsterisk, failure, success } from 'obelus-asterisk/testing'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { environment } from '../support/agi-peer.js'

/** A server on a free port, and a fake that calls it. */
async function open(options: FastAGIServerOptions = {}) {
  const server = new FastAGIServer({ port: 0, ...options })
  const pbx = new FakeAsterisk()
  const errors: Error[] = []
  server.on('error', (error) => errors.push(error))
  const { host, port } = await server.listen()
  onTestFinished(async () => {
    await server.close({ timeoutMs: 0 })
    await pbx.close()
  })
  const call = (path: string, how: Parameters<FakeAsterisk['callFastAGI']>[1] = {}) =>
    pbx.callFastAGI(`agi://${host}:${port}/${path}`, how)
  const raw = async (): Promise<Socket & { text: () => string }> => {
    const socket = connect(port, host)
    let text = ''
    socket.on('data', (data) => {
      text += data.toString()
    })
    socket.on('error', () => undefined)
    onTestFinished(() => {
      socket.destroy()
    })
    await once(socket, 'connect')
    return Object.assign(socket, { text: () => text })
  }
  return { server, pbx, errors, call, raw, port, host }
}

/** `once` would reject with a reset, which is as good an end here. */
const closed = (socket: Socket) =>
  new Promise<void>((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve())))

describe('a server', () => {
  it('answers a call with the script of its path', async () => {
    const { server, call, errors } = await open()
    server.route('queue/:name', async (agi) => {
      await agi.answer()
      const { digits } = await agi.getData('enter-account', { timeoutMs: 5_000, maxDigits: 6 })
      await agi.setVariable('ACCOUNT', `${agi.params.name} ${agi.query.get('lang')} ${agi.args.join('|')} ${digits}`)
    })
    const caller = call('queue/sales?lang=en', { args: ['one', 'two words'], callerId: '"Ann" <100>', keys: '1234#' })
    expect(await caller.ended()).toBe('SUCCESS')
    expect(caller.variables.get('ACCOUNT')).toBe('sales en one|two words 1234')
    expect([caller.isAnswered, errors, server.sessions]).toEqual([true, [], []])
  })

  it('counts and lists its sessions, and tells when they begin and end', async () => {
    const { server, call } = await open()
    const told: string[] = []
    server.on('session', () => told.push(`session ${server.sessions.length}`))
    server.on('ended', () => told.push(`ended ${server.sessions.length}`))
    let finish: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      finish = resolve
    })
    server.routeDefault(() => held)
    const callers = [call('a'), call('b')]
    await expect.poll(() => server.sessions.length).toBe(2)
    expect(server.sessions.map(({ env }) => env.networkScript).sort()).toEqual(['a', 'b'])
    finish()
    for (const caller of callers) expect(await caller.ended()).toBe('SUCCESS')
    expect(told).toEqual(['session 1', 'session 2', 'ended 1', 'ended 0'])
  })

  it('reports what a script throws, hangs up its caller, and harms no other', async () => {
    const { server, call, errors } = await open()
    let finish: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      finish = resolve
    })
    server.route('good', async (agi) => {
      await held
      await agi.verbose('still here')
    })
    server.route('bad', async (agi) => {
      await agi.answer()
      throw new Error('a bug')
    })
    server.route('worse', () => {
      throw 'not even an error'
    })
    server.route('worst', async () => {
      throw Object.create(null)
    })
    const good = call('good')
    const bad = call('bad')
    expect(await bad.ended()).toBe('HANGUP')
    expect(await call('worse').ended()).toBe('HANGUP')
    expect(await call('worst').ended()).toBe('HANGUP')
    finish()
    expect(await good.ended()).toBe('SUCCESS')
    expect(bad.commands).toEqual(['ANSWER', 'HANGUP'])
    expect(errors.map(({ message }) => message)).toEqual([
      'a bug',
      'Not an error was thrown: not even an error',
      'Not an error was thrown: an object without text',
    ])
  })

  it('a listener that throws harms no call', async () => {
    const warnings: Error[] = []
    const warned = (warning: Error) => warnings.push(warning)
    process.on('warning', warned)
    onTestFinished(() => {
      process.off('warning', warned)
    })
    const { server, call } = await open()
    server.on('session', () => {
      throw new Error('a bug in a listener')
    })
    server.on('ended', async () => {
      throw new Error('another')
    })
    server.routeDefault((agi) => agi.setVariable('OK', 1))
    const caller = call('x')
    expect([await caller.ended(), caller.variables.get('OK')]).toEqual(['SUCCESS', '1'])
    await expect.poll(() => warnings.map(({ message }) => message)).toEqual(['a bug in a listener', 'another'])
  })

  it('gives a call without a route to the default one, or refuses it', async () => {
    const { server, call, errors } = await open()
    expect(await call('nowhere').ended()).toBe('FAILURE')
    expect(errors[0]?.message).toBe('No route fits agi://…/nowhere')
    server.routeDefault((agi) => agi.setVariable('PATH', agi.env.networkScript))
    const caller = call('nowhere')
    expect(await caller.ended()).toBe('SUCCESS')
    expect(caller.variables.get('PATH')).toBe('nowhere')
  })

  it('refuses calls beyond its limit with AGISTATUS=FAILURE', async () => {
    const { server, call } = await open({ maxSessions: 1 })
    let finish: () => void = () => undefined
    server.routeDefault(
      () =>
        new Promise<void>((resolve) => {
          finish = resolve
        }),
    )
    const first = call('x')
    await expect.poll(() => server.sessions.length).toBe(1)
    expect(await call('x').ended()).toBe('FAILURE')
    finish()
    expect(await first.ended()).toBe('SUCCESS')
  })

  it('close() lets running scripts end, and takes no more', async () => {
    const { server, call, raw, errors } = await open()
    let finish: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      finish = resolve
    })
    server.routeDefault(async (agi) => {
      await held
      await agi.setVariable('DONE', 1)
    })
    const caller = call('x')
    const idle = await raw()
    await expect.poll(() => server.sessions.length).toBe(1)
    let isClosed = false
    const closing = server.close().then(() => {
      isClosed = true
    })
    await closed(idle)
    expect(await call('x').ended()).toBe('FAILURE')
    expect(isClosed).toBe(false)
    finish()
    expect(await caller.ended()).toBe('SUCCESS')
    await closing
    expect(caller.variables.get('DONE')).toBe('1')
    await expect(server.listen()).rejects.toBeInstanceOf(AGISessionEndedError)
    expect(errors).toEqual([])
  })

  it.each(['timeoutMs', 'withinMs'])('close({ %s }) hangs up what is not over by then', async (name) => {
    const { server, call } = await open()
    let reason: unknown
    server.routeDefault(async (agi) => {
      agi.signal.addEventListener('abort', () => {
        reason = agi.signal.reason
      })
      await new Promise(() => undefined)
    })
    const caller = call('x')
    await expect.poll(() => server.sessions.length).toBe(1)
    await server.close({ [name]: 20 })
    expect(await caller.ended()).toBe('HANGUP')
    expect(reason).toBeInstanceOf(AGISessionEndedError)
  })

  it('close({ withinMs }) sets a time to a close() that is under way, and the shortest counts', async () => {
    const { server, call } = await open()
    server.routeDefault(() => new Promise(() => undefined))
    const caller = call('x')
    await expect.poll(() => server.sessions.length).toBe(1)
    const closing = server.close()
    await Promise.all([server.close({ withinMs: 20 }), server.close({ withinMs: 600_000 }), closing])
    expect(await caller.ended()).toBe('HANGUP')
  })

  it.each([
    [{}, 30_000],
    [{ tcpKeepAliveMs: 5_000 }, 5_000],
    [{ tcpKeepAliveMs: Number.POSITIVE_INFINITY }, undefined],
  ])('has TCP ask whether an idle Asterisk is still there: %j', async (options, expected) => {
    const asked = vi.spyOn(Socket.prototype, 'setKeepAlive')
    onTestFinished(() => asked.mockRestore())
    const { server, call } = await open(options)
    server.routeDefault(() => undefined)
    await call('x').ended()
    expect(asked.mock.calls).toEqual(expected === undefined ? [] : [[true, expected]])
  })

  it('tells of a caller who may try to forge variables, and takes the true ones', async () => {
    const { server, raw } = await open()
    const warnings: string[] = []
    server.on('warning', (message) => warnings.push(message))
    let account: string | undefined
    server.routeDefault((agi) => {
      account = agi.env.accountCode
    })
    const socket = await raw()
    socket.write(environment({ calleridname: 'Mallory\nagi_accountcode: 9', accountcode: '17' }))
    await closed(socket)
    expect(account).toBe('17')
    expect(warnings).toEqual([expect.stringContaining('agi_calleridname holds lines of the form of agi_accountcode')])
  })

  it('quotes what a peer sent on one line, without control characters, and shortened', async () => {
    const { raw, errors } = await open()
    const socket = await raw()
    socket.write(environment({ network_script: `\u001b[2J\u009b2J${'x'.repeat(1_000)}` }))
    await closed(socket)
    const other = await raw()
    other.write(`\u001b[2J${'x'.repeat(1_000)}\n`)
    await closed(other)
    expect(errors.map(({ message }) => message)).toEqual([
      `No route fits agi://…/\\u{1b}[2J\\u{9b}2J${'x'.repeat(193)}…`,
      `This is no AGI environment: it begins with "\\u{1b}[2J${'x'.repeat(76)}…"`,
    ])
  })

  it('says which option is wrong', () => {
    expect(() => new FastAGIServer({ tcpKeepAliveMs: 999 })).toThrow(
      'tcpKeepAliveMs must be a number of milliseconds from 1000 up',
    )
    expect(() => new FastAGIServer({ port: -1 })).toThrow('port must be a whole number from 0 to 65535, not -1')
    expect(() => new FastAGIServer({ maxSessions: 0 })).toThrow('maxSessions must be a whole number above 0, not 0')
    expect(() => new FastAGIServer({ allow: ['10.0.0.0/33'] })).toThrow(
      'allow takes addresses and networks such as 10.0.0.0/8, not "10.0.0.0/33"',
    )
    expect(() => new FastAGIServer({ allow: ['pbx.example'] })).toThrow('not "pbx.example"')
    expect(() => new FastAGIServer({ encoding: 'x-none' })).toThrow('encoding')
  })

  it('says that its port is taken', async () => {
    const { port } = await open()
    await expect(new FastAGIServer({ port }).listen()).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

describe('a caller who hangs up', () => {
  it('while a command runs: it rejects with AGIHangupError, the signal aborts, clean-up works, nothing is reported', async () => {
    const { server, call, errors } = await open()
    const seen: unknown[] = []
    server.routeDefault(async (agi) => {
      try {
        await agi.streamFile('long')
      } catch (error) {
        seen.push(error, agi.signal.aborted, agi.isHungUp)
        await agi.databasePut('left', 'at', 'long')
        throw error
      }
    })
    const caller = call('x', { hangupAt: 1 })
    expect(await caller.ended()).toBe('HANGUP')
    expect(seen).toEqual([expect.any(AGIHangupError), true, true])
    expect(caller.database.get('left/at')).toBe('long')
    expect(errors).toEqual([])
  })

  it('while the script is idle: the signal aborts', async () => {
    const { server, call, errors } = await open()
    let aborted: unknown
    server.routeDefault(async (agi) => {
      await agi.answer()
      await once(agi.signal, 'abort')
      aborted = agi.signal.reason
    })
    const caller = call('x')
    await expect.poll(() => caller.isAnswered).toBe(true)
    caller.hangup()
    expect(await caller.ended()).toBe('HANGUP')
    expect(aborted).toBeInstanceOf(AGIHangupError)
    expect(errors).toEqual([])
  })

  it('before the script: commands that need a caller say that there is none', async () => {
    const { server, call, errors } = await open()
    server.routeDefault(async (agi) => {
      await agi.setVariable('SEEN', 1)
      await agi.streamFile('x')
    })
    const caller = call('x', { hangupAt: 0 })
    expect(await caller.ended()).toBe('HANGUP')
    expect(caller.variables.get('SEEN')).toBe('1')
    expect(errors).toEqual([])
  })
})

describe('bad input', () => {
  let rig: Awaited<ReturnType<typeof open>>
  let script: (agi: AGISession) => Promise<void>

  beforeEach(async () => {
    rig = await open({ environmentTimeoutMs: 1_000, scriptTimeoutMs: 1_000 })
    script = async (agi) => agi.setVariable('OK', 1)
    rig.server.routeDefault((agi) => script(agi))
  })

  /** Whatever came, the next call is served. */
  afterEach(async () => {
    script = async (agi) => agi.setVariable('OK', 1)
    const caller = rig.call('next')
    expect(await caller.ended()).toBe('SUCCESS')
    expect(caller.variables.get('OK')).toBe('1')
  })

  it.each([
    ['HTTP that is no health check', 'POST / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['garbage', '\u0000\u0001\u0002\n\n'],
    ['an endless line', 'x'.repeat(200_000)],
    ['a million variables', `agi_network: yes\n${'agi_x: y\n'.repeat(1_000_000)}`],
  ])('%s is closed at once, and reported', async (_, text) => {
    const socket = await rig.raw()
    socket.write(text)
    await closed(socket)
    expect(rig.errors).toEqual([expect.objectContaining({ code: 'AGI_PROTOCOL' })])
  })

  it.each([
    ['nothing', ''],
    ['half an environment', environment().slice(0, 100)],
  ])('%s is closed after its time', async (_, text) => {
    const socket = await rig.raw()
    socket.write(text)
    await closed(socket)
    expect(rig.errors.map(({ message }) => message)).toEqual(['A peer sent no environment within 1000 ms'])
  })

  it('a peer that sends one byte after the other gets no more time', async () => {
    const socket = await rig.raw()
    const drip = setInterval(() => socket.write('a'), 10)
    onTestFinished(() => clearInterval(drip))
    await closed(socket)
    expect(rig.errors.length).toBeGreaterThan(0)
  })

  it('a peer that goes away in the middle leaves nothing', async () => {
    script = async (agi) => {
      await agi.answer()
    }
    const socket = await rig.raw()
    socket.write(environment())
    await expect.poll(() => socket.text()).toBe('ANSWER\n')
    socket.resetAndDestroy()
    await expect.poll(() => rig.server.sessions).toEqual([])
    expect(rig.errors).toEqual([])
  })

  it('an answer that is no AGI fails its command, and an endless one closes the connection', async () => {
    const seen: unknown[] = []
    script = async (agi) => {
      seen.push(await agi.answer().catch((error: Error) => error.message))
      seen.push(await agi.noop().catch((error: Error) => error.name))
    }
    const socket = await rig.raw()
    socket.write(environment())
    await expect.poll(() => socket.text()).toBe('ANSWER\n')
    socket.write('HTTP/1.1 400 Bad Request\n')
    await expect.poll(() => socket.text()).toBe('ANSWER\nNOOP\n')
    for (let piece = 0; piece < 40; piece += 1) socket.write('x'.repeat(65_536))
    await closed(socket)
    expect(seen).toEqual(['The answer to ANSWER is no AGI: "HTTP/1.1 400 Bad Request"', 'AGISessionEndedError'])
  })

  it('a script that never ends is hung up after its time, reported, and told as its signal promises', async () => {
    let reason: unknown
    script = async (agi) => {
      agi.signal.addEventListener('abort', () => {
        reason = agi.signal.reason
      })
      await new Promise(() => undefined)
    }
    const caller = rig.call('x')
    expect(await caller.ended()).toBe('HANGUP')
    expect(rig.errors.map(({ message }) => message)).toEqual(['The script of x was not over within 1000 ms'])
    expect(reason).toBeInstanceOf(AGISessionEndedError)
    expect(reason).toMatchObject({
      message: 'The AGI session is over: its script was not over within 1000 ms',
      cause: { name: 'AGITimeoutError' },
    })
    expect(rig.server.sessions).toEqual([])
  })

  it('a command after the end is refused here', async () => {
    let session: AGISession | undefined
    script = async (agi) => {
      session = agi
      agi.end()
    }
    expect(await rig.call('x').ended()).toBe('SUCCESS')
    await expect(session?.answer()).rejects.toBeInstanceOf(AGISessionEndedError)
  })

  it('two calls of one channel are two sessions, each with its own end', async () => {
    const callers = [rig.call('x', { uniqueId: '1.1' }), rig.call('x', { uniqueId: '1.1' })]
    for (const caller of callers) expect(await caller.ended()).toBe('SUCCESS')
  })
})

it('an address that is not allowed is closed without a word', async () => {
  const { call, server } = await open({ allow: ['10.0.0.0/8', '::1'] })
  server.routeDefault(() => undefined)
  expect(await call('x').ended()).toBe('SUCCESS')
  expect(server.sessions).toEqual([])
  const { call: allowed, server: other } = await open({ allow: ['127.0.0.0/8'] })
  other.routeDefault((agi) => agi.setVariable('IN', 1))
  const caller = allowed('x')
  await caller.ended()
  expect(caller.variables.get('IN')).toBe('1')
})

describe('a hangup while a command runs', () => {
  /** A caller whose script is at a command that is not answered. */
  async function busy(command: (agi: AGISession) => Promise<unknown>, options: FastAGIServerOptions = {}) {
    const rig = await open(options)
    const threw: unknown[] = []
    rig.server.routeDefault(async (agi) => {
      await command(agi).catch((error: unknown) => {
        threw.push(error)
        throw error
      })
    })
    const socket = await rig.raw()
    socket.write(environment())
    await expect.poll(() => socket.text()).toMatch(/\n$/)
    return { ...rig, socket, threw }
  }

  it('is written over it when the server closes, and the command rejects with AGIHangupError', async () => {
    const { server, socket, threw } = await busy((agi) => agi.streamFile('long'))
    const over = server.close({ timeoutMs: 0 })
    await expect.poll(() => socket.text()).toBe('STREAM FILE "long" ""\nHANGUP\n')
    socket.write('200 result=1\nHANGUP\n')
    await over
    await expect.poll(() => threw).toEqual([expect.any(AGIHangupError)])
  })

  it('a script that throws has its caller hung up then too', async () => {
    const { server, raw, errors } = await open()
    server.routeDefault(async (agi) => {
      agi.waitForDigit().catch(() => undefined)
      throw new Error('a bug')
    })
    const socket = await raw()
    socket.write(environment())
    await expect.poll(() => socket.text()).toBe('WAIT FOR DIGIT "-1"\nHANGUP\n')
    socket.write('200 result=1\n200 result=1\nHANGUP\n')
    await closed(socket)
    expect(errors.map(({ message }) => message)).toEqual(['a bug'])
  })

  it('goes over AMI where the server has a connection, and by the command where that refuses', async () => {
    for (const answer of [success('Channel Hungup'), failure('Permission denied')]) {
      const asterisk = new FakeAsterisk(
        { users: { admin: 's3cret' } },
        action('Hangup', () => answer),
      )
      const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: asterisk.connector })
      await ami.login()
      const { server, socket } = await busy((agi) => agi.exec('Dial', 'PJSIP/200'), { ami })
      const over = server.close({ timeoutMs: 0 })
      await expect.poll(() => asterisk.actions('Hangup').map((each) => each.get('Channel'))).toEqual(['PJSIP/100-00000001'])
      if (answer.type === 'Error') await expect.poll(() => socket.text()).toBe('EXEC "Dial" "PJSIP/200"\nHANGUP\n')
      socket.write('200 result=-1\nHANGUP\n')
      await over
      await Promise.all([ami.close(), asterisk.close()])
    }
  })
})

describe('who connects', () => {
  it('is told by remoteAddress, and by a proxy', async () => {
    const seen: (string | undefined)[] = []
    for (const [proxyProtocol, pieces] of [
      [false, ['']],
      [true, ['PROXY TCP4 192.0.2.7 10.0.0.1 40000 4573\r\n']],
      [true, ['PRO', 'XY TCP6 2001:db8::7 2001:db8::1 40000 4573\r', '\n']],
      [true, ['PROXY UNKNOWN\r\n']],
    ] as const) {
      const { server, raw } = await open({ proxyProtocol })
      server.routeDefault((agi) => {
        seen.push(agi.remoteAddress)
      })
      const socket = await raw()
      for (const piece of pieces) {
        socket.write(piece)
        await new Promise((resolve) => setImmediate(resolve))
      }
      socket.write(environment())
      await closed(socket)
    }
    expect(seen).toEqual(['127.0.0.1', '192.0.2.7', '2001:db8::7', '127.0.0.1'])
  })

  it('a connection without the line of its proxy is closed, and reported', async () => {
    const { raw, errors } = await open({ proxyProtocol: true })
    const socket = await raw()
    socket.write(environment())
    await closed(socket)
    expect(errors).toEqual([
      expect.objectContaining({ code: 'AGI_PROTOCOL', message: expect.stringContaining('A proxy should') }),
    ])
  })

  it('a health check over HTTP is answered, and is no error', async () => {
    const { server, raw, call, errors } = await open()
    let finish: () => void = () => undefined
    server.routeDefault(
      () =>
        new Promise<void>((resolve) => {
          finish = resolve
        }),
    )
    call('x')
    await expect.poll(() => server.sessions.length).toBe(1)
    const [one, late] = [await raw(), await raw()]
    one.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await closed(one)
    expect(one.text()).toMatch(/^HTTP\/1.1 200 OK\r\n/)
    const over = server.close()
    await closed(late)
    finish()
    await over
    expect(errors).toEqual([])
  })

  it('a call whose environment arrives while the server closes gets failure', async () => {
    const { server, raw, errors } = await open()
    const socket = await raw()
    socket.write(environment().slice(0, 100))
    await expect.poll(() => socket.bytesWritten).toBe(100)
    const over = server.close()
    await closed(socket)
    await over
    expect([socket.text(), errors]).toEqual(['failure\n', []])
  })
})
