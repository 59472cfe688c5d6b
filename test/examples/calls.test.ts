import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Dialplan, FakeAsterisk } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished } from 'vitest'
import { Example } from '../support/example.js'

async function office(plan: Dialplan): Promise<{ pbx: FakeAsterisk; at: string[] }> {
  const pbx = new FakeAsterisk({ users: { web: 's3cret' } })
  pbx.dialplan(plan)
  const { host, port } = await pbx.listen()
  onTestFinished(() => pbx.close())
  return { pbx, at: ['--host', host, '--port', String(port), '--username', 'web', '--secret', 's3cret'] }
}

it.each(['dialer', 'missed-calls', 'click-to-call', 'call-log', 'queue-board'])(
  '%s runs on its embedded fake, and says how to use it',
  async (name) => {
    const help = new Example(name, '--help')
    expect(await help.ended()).toBe(0)
    expect(help.lines[0]).toContain(`npx tsx examples/${name}.ts`)
    const example = new Example(name, ...(name === 'click-to-call' ? ['--listen', '0'] : []))
    await example.printed(/\n/)
    if (name === 'click-to-call') example.interrupt()
    expect(await example.ended()).toBe(0)
  },
  30_000,
)

it('the dialer calls the numbers of a file, and says what became of each', async () => {
  const { at } = await office({ 100: { answer: { talkMs: 50 } }, 101: 'busy', 103: 'reject' })
  const folder = mkdtempSync(join(tmpdir(), 'dialer-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'numbers.txt')
  writeFileSync(file, '# whom to call\n100\n\n101\n103\n104\n')
  const example = new Example('dialer', ...at, '--application', 'Milliwatt', '--data', '', file)
  expect(await example.ended()).toBe(0)
  expect(example.lines.map((line) => line.replace(/ +/, ' '))).toEqual([
    '100 answered',
    '101 not answered: User busy',
    '103 not answered: Call Rejected',
    '104 not answered: nobody knows this number',
  ])
}, 30_000)

it('the dialer hangs up and ends in order when it is interrupted', async () => {
  const { at, pbx } = await office({ 100: { answer: { talkMs: 60_000 } } })
  const folder = mkdtempSync(join(tmpdir(), 'dialer-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'numbers.txt')
  writeFileSync(file, '100\n100\n')
  const called = pbx.received.length
  const example = new Example('dialer', ...at, '--concurrent', '1', '--application', 'Milliwatt', file)
  await expect.poll(() => pbx.received.slice(called).some(({ name }) => name === 'Originate'), { timeout: 20_000 }).toBe(true)
  example.interrupt()
  expect(await example.ended()).toBe(0)
  expect(example.lines).toHaveLength(2)
  expect(example.lines[1]).toContain('not answered')
}, 30_000)

it('the missed-call logger ends after as many calls as it is told, on its embedded fake too', async () => {
  const example = new Example('missed-calls', '--calls', '3')
  expect(await example.ended()).toBe(0)
  const missed = example.lines.map((line) => JSON.parse(line) as { callerNumber: string })
  expect(missed.map(({ callerNumber }) => callerNumber)).toEqual(['0301', '0301'])
}, 30_000)

it('the missed-call logger writes the calls that nobody talked to', async () => {
  const { at, pbx } = await office({
    100: { dial: 'PJSIP/200', timeoutMs: 50 },
    200: 'noanswer',
    101: { dial: 'PJSIP/201' },
    201: 'answer',
    102: 'answer',
  })
  const example = new Example('missed-calls', ...at, '--calls', '3')
  await expect.poll(() => pbx.received.some(({ name }) => name === 'CoreShowChannels'), { timeout: 20_000 }).toBe(true)
  pbx.incomingCall({ to: '100', from: '"Ann" <0301>' })
  pbx.incomingCall({ to: '101', from: '<0302>' })
  pbx.incomingCall({ to: '102', from: '<0303>' })
  expect(await example.ended()).toBe(0)
  const missed = example.lines.map((line) => JSON.parse(line) as { callerNumber: string; exten: string })
  expect(missed.map(({ callerNumber, exten }) => [callerNumber, exten]).sort()).toEqual([
    ['0301', '100'],
    ['0303', '102'],
  ])
}, 30_000)

it('the click-to-call page connects a telephone, and hangs up when it is closed', async () => {
  const { at, pbx } = await office({
    100: 'answer',
    101: { answer: { talkMs: 60_000 } },
    200: { answer: { talkMs: 100 } },
    201: { answer: { talkMs: 60_000 } },
  })
  const example = new Example('click-to-call', ...at, '--listen', '0')
  const url = await example.printed(/http:\S+/)
  expect(await (await fetch(url)).text()).toContain('<button>Call</button>')
  const headers = { 'content-type': 'application/json' }
  const call = (body: object, signal?: AbortSignal) =>
    fetch(`${url}calls`, { method: 'POST', headers, body: JSON.stringify(body), ...(signal && { signal }) })
  const lines = (await (await call({ telephone: 'PJSIP/100', number: '200' })).text()).trim().split('\n')
  expect(lines.map((line) => JSON.parse(line) as { type?: string }).map(({ type }) => type)).toEqual(
    expect.arrayContaining(['queued', 'dialingStarted', 'ended']),
  )
  expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ outcome: 'No telephone has this number' })
  expect(await (await call({ telephone: 'nonsense', number: '200' })).text()).toContain('a technology and a resource')
  expect((await fetch(`${url}calls`, { method: 'POST', body: '{}' })).status).toBe(404)
  const page = new AbortController()
  await call({ telephone: 'PJSIP/101', number: '201' }, page.signal)
  page.abort()
  await expect.poll(() => pbx.received.some(({ name }) => name === 'Hangup'), { timeout: 20_000 }).toBe(true)
  example.interrupt()
  expect(await example.ended()).toBe(0)
}, 30_000)
