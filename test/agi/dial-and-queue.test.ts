import { type AGISession, AMIClient, AsyncAGIExecutor, FastAGIServer } from 'obelus-asterisk'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished } from 'vitest'

type Variables = Map<string, string>
type Application = (data: string, variables: Variables) => number

/** What an application leaves on a channel. */
const leaving =
  (left: Readonly<Record<string, string>>, result = -1): Application =>
  (_, variables) => {
    for (const [name, value] of Object.entries(left)) variables.set(name, value)
    return result
  }

/** Runs a script on a simulated caller; gives what it gave, and the commands. */
async function run<T>(applications: Record<string, Application>, script: (agi: AGISession) => Promise<T>, hangupAt?: number) {
  const pbx = new FakeAsterisk()
  const server = new FastAGIServer({ port: 0 })
  let result: T | Error | undefined
  server.routeDefault(async (agi) => {
    result = await script(agi).catch((error: Error) => error)
  })
  const { port } = await server.listen()
  const caller = pbx.callFastAGI(`agi://127.0.0.1:${port}/`, { applications, hangupAt })
  await caller.ended()
  await server.close()
  await pbx.close()
  return { result, commands: caller.commands }
}

describe('dial', () => {
  const answer = { DIALSTATUS: 'ANSWER', HANGUPCAUSE: '16', ANSWEREDTIME: '3', DIALEDPEERNAME: 'PJSIP/200-2' }

  it('writes the channels, the time in seconds and the options', async () => {
    const { commands } = await run({ Dial: leaving(answer) }, (agi) =>
      agi.dial(['PJSIP/200', 'PJSIP/201'], { timeoutMs: 19_001, options: 'tT' }),
    )
    expect(commands).toEqual([
      'CHANNEL STATUS',
      'EXEC "Dial" "PJSIP/200&PJSIP/201,20,tT"',
      'GET FULL VARIABLE "${DIALSTATUS},${HANGUPCAUSE},${ANSWEREDTIME},${ANSWEREDTIME_MS},${DIALEDPEERNAME}"',
    ])
  })

  it.each([
    ['in ms', { ...answer, ANSWEREDTIME_MS: '3021' }, 3_021],
    ['in seconds, of an older release', answer, 3_000],
  ])('counts the talk of a caller who was not answered before: %s', async (_, left, talkMs) => {
    const { result } = await run({ Dial: leaving(left) }, (agi) => agi.dial('PJSIP/200'))
    expect(result).toEqual({ status: 'ANSWER', answered: true, peer: 'PJSIP/200-2', talkMs, cause: 16 })
  })

  it("does not take Asterisk's count for a caller who was", async () => {
    const { result } = await run({ Dial: leaving(answer) }, async (agi) => {
      await agi.answer()
      return agi.dial('PJSIP/200')
    })
    expect(result).toMatchObject({ answered: true, talkMs: undefined })
  })

  it.each(['BUSY', 'NOANSWER', 'CONGESTION', 'CHANUNAVAIL'])('gives %s, and does not throw', async (DIALSTATUS) => {
    const { result } = await run({ Dial: leaving({ DIALSTATUS, HANGUPCAUSE: '0' }, 0) }, (agi) => agi.dial('PJSIP/200'))
    expect(result).toEqual({ status: DIALSTATUS, answered: false, peer: undefined, talkMs: 0, cause: undefined })
  })

  it('tells what came of it when the caller hung up meanwhile', async () => {
    const { result } = await run({ Dial: leaving({ DIALSTATUS: 'CANCEL' }) }, (agi) => agi.dial('PJSIP/200'), 2)
    expect(result).toMatchObject({ status: 'CANCEL', answered: false })
  })

  it.each(['', 'PJSIP/200,20'])('refuses %j', async (target) => {
    const { result, commands } = await run({}, (agi) => agi.dial(target))
    expect(result).toMatchObject({ code: 'AGI_INVALID_COMMAND' })
    expect(commands).toEqual([])
  })

  it('refuses options that it does not know', async () => {
    const { result } = await run({}, (agi) => agi.dial('PJSIP/200', { timeout: 20 } as never))
    expect(result).toMatchObject({ message: expect.stringMatching(/timeout.*timeoutMs/) })
  })
})

describe('queue', () => {
  it.each<[string, Record<string, string>, number, object]>([
    ['its time is up', { QUEUESTATUS: 'TIMEOUT', ABANDONED: 'TRUE' }, 0, { status: 'TIMEOUT', answered: false }],
    ['a member answered', {}, -1, { status: 'COMPLETE', answered: true }],
    ['a member answered, option c', { QUEUESTATUS: 'CONTINUE' }, 0, { status: 'CONTINUE', answered: true }],
    ['a member with a name', { MEMBERINTERFACE: 'PJSIP/1' }, -1, { status: 'COMPLETE', member: 'PJSIP/1' }],
    ['a key led out', {}, 0, { status: 'EXITWITHKEY', answered: false }],
    ['no such queue', { QUEUESTATUS: 'UNKNOWN' }, 0, { status: 'UNKNOWN', answered: false }],
  ])('%s', async (_, left, gives, expected) => {
    // What one before has left does not count.
    const before = { QUEUESTATUS: 'FULL', ABANDONED: 'TRUE', MEMBERINTERFACE: 'PJSIP/9' }
    let calls = 0
    const Queue: Application = (data, variables) => leaving(calls++ === 0 ? before : left, gives)(data, variables)
    const { result } = await run({ Queue }, async (agi) => {
      await agi.queue('support')
      return agi.queue('support', { timeoutMs: 1_500, options: 'c', position: 2 })
    })
    expect(result).toMatchObject({ member: undefined, ...expected })
  })

  it('writes what it is given at its place', async () => {
    const { commands } = await run({}, (agi) => agi.queue('support', { timeoutMs: 1_500, announce: 'hot', position: 2 }))
    expect(commands[1]).toBe('EXEC "Queue" "support,,,hot,2,,,,,2"')
  })

  it.each([
    ['while waiting', { ABANDONED: 'TRUE' }, { status: 'ABANDON', answered: false }],
    ['while talking', {}, { status: 'COMPLETE', answered: true }],
  ])('the caller hangs up %s', async (_, left, expected) => {
    const { result } = await run({ Queue: leaving(left) }, (agi) => agi.queue('support'), 2)
    expect(result).toMatchObject(expected)
  })
})

describe('over AMI', () => {
  it.each([
    ['a talk', ['DialEnd'], { status: 'ANSWER', answered: true, peer: 'PJSIP/200-2', cause: undefined }],
    ['nobody', [], { status: 'CANCEL', answered: false, peer: undefined, talkMs: 0 }],
  ])('dial tells of %s also when the channel is gone', async (_, events, expected) => {
    const { result } = await overAMI((agi) => agi.dial('PJSIP/200'), events)
    expect(result).toMatchObject(expected)
  })

  it.each([
    ['a member', ['AgentConnect'], { status: 'COMPLETE', answered: true, member: 'PJSIP/200' }],
    ['nobody', [], { status: 'ABANDON', answered: false, member: undefined }],
  ])('queue tells of %s also when the channel is gone', async (_, events, expected) => {
    const { result } = await overAMI((agi) => agi.queue('support'), events)
    expect(result).toMatchObject(expected)
  })
})

/** Runs a script over AsyncAGI, whose caller hangs up while `Dial` or `Queue` runs, after these events. */
async function overAMI(script: (agi: AGISession) => Promise<unknown>, events: readonly string[]) {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: pbx.connector })
  onTestFinished(async () => {
    await ami.close()
    await pbx.close()
  })
  await ami.login()
  let result: unknown
  using _executor = new AsyncAGIExecutor(ami, async (agi) => {
    result = await script(agi)
  })
  const ends: Application = () => {
    for (const name of events)
      pbx.emit(
        name as 'DialEnd',
        { Uniqueid: '1.1', DialStatus: 'ANSWER', DestChannel: 'PJSIP/200-2', Interface: 'PJSIP/200' } as never,
      )
    caller.hangup()
    return -1
  }
  const caller = pbx.callAsyncAGI({ uniqueId: '1.1', applications: { Dial: ends, Queue: ends } })
  await caller.ended()
  await expect.poll(() => result).toBeDefined()
  return { result }
}
