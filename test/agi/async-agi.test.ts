import { readFileSync } from 'node:fs'
import {
  AGICommandFailure,
  type AGIEnvironment,
  AGIHangupError,
  AGIProtocolError,
  AGIRouter,
  type AGIScript,
  type AGISession,
  AGISessionEndedError,
  AsyncAGIExecutor,
  type AsyncAGIOptions,
  unlisted,
} from 'obelus-asterisk'
import { action, type FakeAsterisk, failure, once, type Reply, success } from 'obelus-asterisk/testing'
import { describe, expect, it, vi } from 'vitest'
import { environment } from '../support/agi-peer.js'
import { ClientRig } from '../support/client-rig.js'
import { settle } from '../support/virtual-clock.js'

const percent = (text: string) => encodeURIComponent(text)

type Request = Parameters<Parameters<typeof action>[1]>[0]

/** The claim that a command of the executor's makes. */
const claimIn = (request: Request) => /\?([0-9a-f]{16}-\d+-\d+):/.exec(request.get('Command') ?? '')?.[1]?.concat('/')

/** Has the fake answer the claims to channels that are not its own, and commands as the test says: not at all, unless told otherwise. */
function answer(pbx: FakeAsterisk, resolve: (request: Request) => Reply | Promise<Reply> = () => ADDED) {
  pbx.use(
    action('AGI', (request) => {
      const claim = claimIn(request)
      if (claim === undefined) return resolve(request)
      const channel = request.get('Channel') ?? ''
      const Result = percent(`200 result=1 (${claim})\n`)
      const exec = { Channel: channel, Uniqueid: `1.${/\d+/.exec(channel)?.[0]}`, CommandId: request.get('CommandID'), Result }
      queueMicrotask(() => pbx.emit('AsyncAGIExec', exec))
      return ADDED
    }),
  )
}
const ADDED = success('Added AGI command to queue')

/** An executor on a client on a fake. */
async function open(script: AGIScript | AGIRouter, options: AsyncAGIOptions = {}) {
  const rig = new ClientRig({ reconnect: { initialDelayMs: 10, maxDelayMs: 10 } })
  await rig.login()
  const executor = new AsyncAGIExecutor(rig.ami, script, { clock: rig.clock, ...options })
  const errors: Error[] = []
  executor.on('error', (error) => errors.push(error))
  await settle()
  return {
    rig,
    pbx: rig.pbx,
    clock: rig.clock,
    executor,
    errors,
    async [Symbol.asyncDispose]() {
      executor.unbind()
      await rig[Symbol.asyncDispose]()
    },
  }
}

/** A script that is watched: what it got, and what it threw. */
function watched(script: (agi: AGISession) => Promise<unknown>) {
  const seen: { session?: AGISession; result?: unknown; error?: unknown } = {}
  const run: AGIScript = async (agi) => {
    seen.session = agi
    try {
      seen.result = await script(agi)
    } catch (error) {
      seen.error = error
      throw error
    }
  }
  return { seen, run }
}

describe('an executor', () => {
  it.each<[string, (agi: AGISession, signal: AbortSignal) => Promise<unknown>, readonly object[]]>([
    ['STREAM FILE', (agi, signal) => agi.streamFile('long', { signal }), [{ Control: 'stop' }]],
    ['SAY', (agi, signal) => agi.sayDigits(123, { signal }), []],
  ])('an abort stops the sound of %s over AMI where Asterisk can', async (_, play, expected) => {
    await using at = await open(async (agi) => {
      const stop = new AbortController()
      const played = play(agi, stop.signal).catch(() => undefined)
      stop.abort()
      await played
    })
    const stops: object[] = []
    at.pbx.use(
      action('ControlPlayback', (request) => {
        stops.push({ Control: request.get('Control') })
        return success('ok')
      }),
    )
    const caller = at.pbx.callAsyncAGI()
    await at.clock.advance(1_000)
    expect(await caller.ended()).toBe('SUCCESS')
    expect(stops).toEqual(expected)
  })

  it('answers a channel, and hands it back when the script is over', async () => {
    await using at = await open(async (agi) => {
      await agi.answer()
      await agi.setVariable('NAME', `${agi.args[0]}: "${await agi.getVariable('WHO')}" ☎`)
    })
    const caller = at.pbx.callAsyncAGI({ args: ['hello'], variables: { WHO: 'Jürgen 100%' } })
    await at.clock.advance(10)
    expect(await caller.ended()).toBe('SUCCESS')
    expect(caller.variables.get('NAME')).toBe('hello: "Jürgen 100%" ☎')
    expect(caller.commands.at(-1)).toBe('ASYNCAGI BREAK')
    expect([at.executor.sessions, at.errors]).toEqual([[], []])
  })

  it('has any number of channels over one connection, each with its own commands', async () => {
    await using at = await open(async (agi) => {
      for (let round = 0; round < 3; round += 1) await agi.setVariable(`R${round}`, agi.args[0] ?? '')
    })
    const callers = Array.from({ length: 50 }, (_, number) => at.pbx.callAsyncAGI({ args: [`n${number}`] }))
    await at.clock.advance(10)
    for (const [number, caller] of callers.entries()) {
      expect(await caller.ended()).toBe('SUCCESS')
      expect([...caller.variables.values()]).toEqual(Array(3).fill(`n${number}`))
    }
    expect(at.pbx.clients).toBe(1)
  })

  it('routes by the first argument, as FastAGI by its path', async () => {
    const router = new AGIRouter().route('queue/:name', (agi) =>
      agi.setVariable('Q', `${agi.params.name} ${agi.query.get('lang')}`),
    )
    await using at = await open(router)
    const caller = at.pbx.callAsyncAGI({ args: ['queue/sales?lang=en'] })
    const lost = at.pbx.callAsyncAGI({ args: ['nowhere'] })
    await at.clock.advance(10)
    expect([await caller.ended(), caller.variables.get('Q'), await lost.ended()]).toEqual(['SUCCESS', 'sales en', 'SUCCESS'])
    expect(at.errors.map(({ message }) => message)).toEqual([expect.stringContaining('No route fits "nowhere"')])
  })

  it('tells of a caller who may try to forge variables, and takes the true ones', async () => {
    const warnings: string[] = []
    const { seen, run } = watched((agi) => agi.noop())
    await using at = await open(run)
    at.executor.on('warning', (message) => warnings.push(message))
    answer(at.pbx)
    const env = environment({ calleridname: 'Mallory\nagi_accountcode: 9\nagi_threadid: 1\n', accountcode: '17' }, ['user'])
    at.pbx.emit('AsyncAGIStart', { Channel: 'PJSIP/1', Uniqueid: '1.1', Env: percent(env) })
    await settle()
    expect(seen.session?.env).toMatchObject({ accountCode: '17', args: ['user'] })
    expect(warnings).toEqual([
      expect.stringContaining('agi_calleridname holds lines of the form of agi_accountcode, agi_threadid'),
    ])
  })

  it('reports what a script throws, and hangs up', async () => {
    await using at = await open(async () => {
      throw new Error('a bug')
    })
    const caller = at.pbx.callAsyncAGI()
    await at.clock.advance(10)
    expect(await caller.ended()).toBe('HANGUP')
    expect(at.errors.map(({ message }) => message)).toEqual(['a bug'])
  })

  it('takes an answer that comes before the action is answered', async () => {
    const { seen, run } = watched((agi) => agi.getVariable('X'))
    await using at = await open(run)
    answer(at.pbx, async (request) => {
      at.pbx.emit('AsyncAGIExec', {
        Uniqueid: '1.1',
        CommandId: request.get('CommandID'),
        Result: percent('200 result=1 (early)\n'),
      })
      return ADDED
    })
    at.pbx.emit('AsyncAGIStart', { Channel: 'PJSIP/1', Uniqueid: '1.1', Env: percent(environment()) })
    await at.clock.advance(10)
    expect(seen.result).toBe('early')
  })

  it('follows a channel that is renamed', async () => {
    await using at = await open(async (agi) => {
      await agi.noop()
      await agi.answer()
    })
    const channels: (string | undefined)[] = []
    answer(at.pbx, (request) => {
      channels.push(request.get('Channel'))
      return ADDED
    })
    at.pbx.emit('AsyncAGIStart', { Channel: 'PJSIP/1', Uniqueid: '1.1', Env: percent(environment()) })
    await settle()
    at.pbx.emit(unlisted('Rename'), { Channel: 'PJSIP/1', Newname: 'PJSIP/1<MASQ>', Uniqueid: '1.1' })
    const id = at.pbx.received
      .filter(({ name }) => name === 'AGI')
      .at(-1)
      ?.get('CommandID')
    at.pbx.emit('AsyncAGIExec', { Uniqueid: '1.1', CommandId: id, Result: percent('200 result=0\n') })
    await settle()
    expect(channels).toEqual(['PJSIP/1', 'PJSIP/1<MASQ>'])
  })

  describe('on Asterisk before 12, whose AsyncAGI events name the channel only', () => {
    /** As 11 sends them: `launch_asyncagi` in `res/res_agi.c`. */
    const start = (channel: string, uniqueid: string) => ({
      SubEvent: 'Start',
      Channel: channel,
      Env: percent(environment({ network: 'no', channel, uniqueid, version: '11.25.3' }).replace('agi_network: no\n', '')),
    })
    /** The commands that were sent: by channel, their id. */
    const commands = (at: Awaited<ReturnType<typeof open>>) => {
      const sent = at.pbx.received.filter((each) => each.name === 'AGI' && claimIn(each) === undefined)
      return sent.map((action) => [action.get('Channel'), action.get('Command'), action.get('CommandID')] as const)
    }
    const exec = (channel: string, id: string | undefined, answer: string) => ({
      SubEvent: 'Exec',
      Channel: channel,
      CommandID: id,
      Result: percent(answer),
    })

    /** Two channels, each with a script that reads a variable. */
    async function twoChannels() {
      const seen = new Map<string, { session: AGISession; result?: unknown; error?: unknown }>()
      const at = await open(async (session) => {
        const entry: { session: AGISession; result?: unknown; error?: unknown } = { session }
        seen.set(session.env.channel, entry)
        entry.result = await session.getVariable('X').catch((error: unknown) => {
          entry.error = error
        })
        await session.waitForDigit().catch(() => undefined)
      })
      at.pbx.use(
        action('AGI', (request) => {
          const claim = claimIn(request)
          const channel = request.get('Channel') ?? ''
          const told = exec(channel, request.get('CommandID'), `200 result=1 (${claim})\n`)
          if (claim !== undefined) queueMicrotask(() => at.pbx.emit(unlisted('AsyncAGI'), told))
          return ADDED
        }),
      )
      at.pbx.emit(unlisted('AsyncAGI'), start('SIP/1-01', '1.1'))
      at.pbx.emit(unlisted('AsyncAGI'), start('SIP/2-02', '1.2'))
      await settle()
      return { at, seen }
    }

    it('each channel has its session, its answers and its end', async () => {
      const { at, seen } = await twoChannels()
      await using _ = at
      expect(at.executor.sessions.map(({ env }) => env.uniqueId)).toEqual(['1.1', '1.2'])
      const [one, two] = commands(at)
      expect([one?.[0], two?.[0]]).toEqual(['SIP/1-01', 'SIP/2-02'])
      // An answer of the one with the other's id settles neither.
      at.pbx.emit(unlisted('AsyncAGI'), exec('SIP/2-02', one?.[2], '200 result=1 (forged)\n'))
      at.pbx.emit(unlisted('AsyncAGI'), exec('SIP/2-02', two?.[2], '200 result=1 (two)\n'))
      at.pbx.emit(unlisted('AsyncAGI'), exec('SIP/1-01', one?.[2], '200 result=1 (one)\n'))
      await settle()
      expect([seen.get('SIP/1-01')?.result, seen.get('SIP/2-02')?.result]).toEqual(['one', 'two'])
      at.pbx.emit(unlisted('AsyncAGI'), { SubEvent: 'End', Channel: 'SIP/1-01' })
      await settle()
      expect(at.executor.sessions.map(({ env }) => env.channel)).toEqual(['SIP/2-02'])
      expect(seen.get('SIP/1-01')?.session.signal.aborted).toBe(true)
    })

    it('events that have a Uniqueid, such as Rename and Hangup, reach it too', async () => {
      const { at, seen } = await twoChannels()
      await using _ = at
      at.pbx.emit(unlisted('Rename'), { Channel: 'SIP/1-01', Newname: 'SIP/1-01<MASQ>', Uniqueid: '1.1' })
      at.pbx.emit(unlisted('AsyncAGI'), exec('SIP/1-01<MASQ>', commands(at)[0]?.[2], '200 result=1 (one)\n'))
      at.pbx.emit('Hangup', { Channel: 'SIP/2-02', Uniqueid: '1.2', Cause: 16, 'Cause-txt': 'Normal Clearing' })
      await settle()
      expect(commands(at).at(-1)?.slice(0, 2)).toEqual(['SIP/1-01<MASQ>', 'WAIT FOR DIGIT "-1"'])
      expect(seen.get('SIP/2-02')?.error).toBeInstanceOf(AGIHangupError)
      expect(at.executor.sessions.map(({ env }) => env.uniqueId)).toEqual(['1.1'])
    })
  })

  it('commands of other clients, and of nobody, settle nothing', async () => {
    const { seen, run } = watched((agi) => agi.getVariable('X'))
    await using at = await open(run)
    answer(at.pbx)
    at.pbx.emit('AsyncAGIStart', { Channel: 'PJSIP/1', Uniqueid: '1.1', Env: percent(environment()) })
    await settle()
    for (const id of [undefined, '', '1', 'guessed'])
      at.pbx.emit('AsyncAGIExec', { Uniqueid: '1.1', CommandId: id, Result: percent('200 result=1 (forged)\n') })
    await settle()
    expect(seen.result).toBeUndefined()
  })

  it('is bound and unbound', async () => {
    const { seen, run } = watched((agi) => agi.waitForDigit())
    await using at = await open(run)
    answer(at.pbx)
    at.pbx.emit('AsyncAGIStart', { Channel: 'PJSIP/1', Uniqueid: '1.1', Env: percent(environment()) })
    await settle()
    at.executor.unbind()
    at.executor.unbind()
    await settle()
    expect(seen.error).toBeInstanceOf(AGISessionEndedError)
    at.pbx.emit('AsyncAGIStart', { Channel: 'PJSIP/2', Uniqueid: '1.2', Env: percent(environment()) })
    await settle()
    expect(at.executor.sessions).toEqual([])
    at.executor.bind()
    at.executor.bind()
    at.pbx.emit('AsyncAGIStart', { Channel: 'PJSIP/3', Uniqueid: '1.3', Env: percent(environment()) })
    await settle()
    expect(at.executor.sessions).toHaveLength(1)
  })

  it('two executors for one channel: the second says so, and keeps away', async () => {
    await using at = await open(async (agi) => {
      await agi.answer()
    })
    const errors: string[] = []
    const second = new AsyncAGIExecutor(at.rig.ami, async (agi) => agi.setVariable('SECOND', 1), { clock: at.clock })
    second.on('error', ({ message }) => errors.push(message))
    const caller = at.pbx.callAsyncAGI({ channel: 'PJSIP/1' })
    await at.clock.advance(10)
    expect(await caller.ended()).toBe('SUCCESS')
    expect(caller.variables.has('SECOND')).toBe(false)
    expect(errors).toEqual(['PJSIP/1 is answered by another executor of this client already'])
    second.unbind()
  })
})

describe('the end', () => {
  it('a hangup settles every command that waits, and aborts the signal', async () => {
    const outcomes: unknown[] = []
    let signal: AbortSignal | undefined
    await using at = await open(async (agi) => {
      signal = agi.signal
      const settled = await Promise.allSettled([agi.waitForDigit(), agi.answer(), agi.noop()])
      outcomes.push(...settled.map((each) => each.status === 'rejected' && each.reason))
    })
    at.pbx.use(
      action(
        (request) => request.name === 'AGI' && claimIn(request) === undefined,
        () => ADDED,
      ),
    )
    const caller = at.pbx.callAsyncAGI()
    await settle()
    caller.hangup()
    await settle()
    expect(outcomes).toEqual(Array(3).fill(expect.any(AGIHangupError)))
    expect(signal?.reason).toBeInstanceOf(AGIHangupError)
    expect([at.executor.sessions, at.errors]).toEqual([[], []])
  })

  it('a redirect away settles what waits, by AsyncAGIEnd', async () => {
    const { seen, run } = watched((agi) => agi.waitForDigit())
    await using at = await open(run)
    answer(at.pbx)
    at.pbx.emit('AsyncAGIStart', { Channel: 'PJSIP/1', Uniqueid: '1.1', Env: percent(environment()) })
    await settle()
    at.pbx.emit('AsyncAGIEnd', { Channel: 'PJSIP/1', Uniqueid: '1.1' })
    await settle()
    expect(seen.error).toMatchObject({
      name: 'AGISessionEndedError',
      message: expect.stringContaining('Asterisk has ended AsyncAGI'),
    })
    expect(at.errors).toEqual([])
  })

  it('a command whose failure ends AsyncAGI says so', async () => {
    const { seen, run } = watched((agi) => agi.streamFile('nosuchfile'))
    await using at = await open(run)
    const caller = at.pbx.callAsyncAGI({ files: [] })
    await at.clock.advance(200)
    expect(await caller.ended()).toBe('FAILURE')
    expect(seen.error).toBeInstanceOf(AGICommandFailure)
    expect(seen.error).toMatchObject({ endedSession: true, result: '-1' })
    expect(at.errors).toEqual([seen.error])
  })

  it('a channel that does not exist any more is a hangup', async () => {
    const { seen, run } = watched((agi) => agi.answer())
    await using at = await open(run)
    answer(at.pbx, () => failure('Channel PJSIP/1 does not exist.'))
    at.pbx.emit('AsyncAGIStart', { Channel: 'PJSIP/1', Uniqueid: '1.1', Env: percent(environment()) })
    await settle()
    expect(seen.error).toBeInstanceOf(AGIHangupError)
  })

  it('an outage during a command settles it, and the channel is found again', async () => {
    const rounds: string[] = []
    await using at = await open(async (agi) => {
      rounds.push(agi.env.channel)
      if (rounds.length === 1) await agi.waitForDigit()
      else await agi.setVariable('AGAIN', agi.args[0] ?? '')
    })
    at.pbx.use(
      once(
        action(
          (request) => request.name === 'AGI' && claimIn(request) === undefined,
          () => ADDED,
        ),
      ),
    )
    const caller = at.pbx.callAsyncAGI({ args: ['one'], channel: 'PJSIP/1' })
    await settle()
    at.rig.link.break(new Error('read ECONNRESET'))
    await settle()
    expect(at.executor.sessions).toEqual([])
    await at.clock.advance(50)
    expect(await caller.ended()).toBe('SUCCESS')
    expect(rounds).toEqual(['PJSIP/1', 'PJSIP/1'])
    expect(caller.variables.get('AGAIN')).toBe('one')
  })

  it('channels that waited before are answered, unless told not to', async () => {
    const rig = new ClientRig()
    await rig.login()
    const caller = rig.pbx.callAsyncAGI({ args: ['x'] })
    await settle()
    const idle = new AsyncAGIExecutor(rig.ami, async () => undefined, { clock: rig.clock, adopt: false })
    await rig.clock.advance(10)
    expect(idle.sessions).toEqual([])
    idle.unbind()
    const executor = new AsyncAGIExecutor(rig.ami, async (agi) => agi.setVariable('FOUND', 1), { clock: rig.clock })
    await rig.clock.advance(10)
    expect(await caller.ended()).toBe('SUCCESS')
    expect(caller.variables.get('FOUND')).toBe('1')
    executor.unbind()
    await rig[Symbol.asyncDispose]()
  })

  it('an account that may not list channels is told', async () => {
    const rig = new ClientRig(
      {},
      action('CoreShowChannels', () => failure('Permission denied')),
    )
    await rig.login()
    const executor = new AsyncAGIExecutor(rig.ami, () => undefined, { clock: rig.clock })
    const errors: string[] = []
    executor.on('error', ({ message }) => errors.push(message))
    await settle()
    expect(errors).toEqual([expect.stringContaining('Permission denied')])
    executor.unbind()
    await rig[Symbol.asyncDispose]()
  })
})

describe("Asterisk's 1,024 bytes", () => {
  const long = `${'long value '.repeat(300)}end)`

  it('an answer that is cut is put together, and the next command has its own', async () => {
    const { seen, run } = watched(async (agi) => [
      await agi.getVariable('LONG'),
      await agi.getVariable('SHORT'),
      await agi.channelStatus(),
    ])
    await using at = await open(run)
    at.pbx.callAsyncAGI({ variables: { LONG: long, SHORT: 's' } })
    await at.clock.advance(10)
    expect(seen.result).toEqual([long, 's', { state: 4, stateText: 'Ring' }])
  })

  it('a character that is cut is put together too, in an answer and in the environment', async () => {
    // A pipe, of which Asterisk reads so many bytes at a time.
    let pipe = Buffer.alloc(0)
    const piece = (text: string) => {
      pipe = Buffer.concat([pipe, Buffer.from(text)])
      const read = pipe.subarray(0, 1_024)
      pipe = pipe.subarray(1_024)
      return read.toString('latin1').replace(/[^\w\-.!~*'()]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)
    }
    const text = 'word☎'.repeat(500)
    const { seen, run } = watched((agi) => agi.databaseGet('long', 'text'))
    await using at = await open(run)
    at.pbx.use(
      action('AGI', (request) => {
        const probe = claimIn(request) ?? /^GET FULL VARIABLE "(.*)"$/.exec(request.get('Command') ?? '')?.[1]
        const Result = piece(`200 result=1 (${probe ?? text})\n`)
        queueMicrotask(() => at.pbx.emit('AsyncAGIExec', { Uniqueid: '1.1', CommandId: request.get('CommandID'), Result }))
        return success('Added AGI command to queue')
      }),
    )
    const Env = piece(environment({ callerid: '1', request: 'async' }, [text.slice(1)]))
    at.pbx.emit('AsyncAGIStart', { Channel: 'PJSIP/1', Uniqueid: '1.1', Env })
    await at.clock.advance(10)
    await expect.poll(() => seen.result).toBe(text)
    expect(seen.session?.args).toEqual([text.slice(1)])
  })

  it('an environment that is cut is put together', async () => {
    const args = Array.from({ length: 60 }, (_, number) => `argument number ${number}`)
    const { seen, run } = watched(async (agi) => agi.getVariable('X'))
    await using at = await open(run)
    at.pbx.callAsyncAGI({ args, variables: { X: 'x' } })
    await at.clock.advance(10)
    expect(seen.session?.args).toEqual(args)
    expect(seen.result).toBe('x')
  })

  it('an answer whose encoded form is cut cannot be put together, and says so; the next one can', async () => {
    const { seen, run } = watched(async (agi) => [
      await agi.getVariable('X').catch((error: Error) => error),
      await agi.getVariable('X'),
    ])
    await using at = await open(run)
    const answers = [`${percent(`200 result=1 (${'%'.repeat(900)})\n`).slice(0, 2047)}`]
    answer(at.pbx, (request) => {
      const probe = /"([^"]+)"/.exec(request.get('Command') ?? '')?.[1] ?? ''
      const result =
        answers.shift() ??
        percent(request.get('Command')?.startsWith('GET FULL') ? `200 result=1 (${probe})\n` : '200 result=1 (fine)\n')
      queueMicrotask(() => at.pbx.emit('AsyncAGIExec', { Uniqueid: '1.1', CommandId: request.get('CommandID'), Result: result }))
      return ADDED
    })
    at.pbx.emit('AsyncAGIStart', { Channel: 'PJSIP/1', Uniqueid: '1.1', Env: percent(environment()) })
    await at.clock.advance(10)
    expect(seen.result).toEqual([expect.any(AGIProtocolError), 'fine'])
  })

  it('an answer without end is given up, and its session with it', async () => {
    const { seen, run } = watched((agi) => agi.getVariable('X').catch((error: Error) => error))
    await using at = await open(run)
    answer(at.pbx, (request) => {
      queueMicrotask(() =>
        at.pbx.emit('AsyncAGIExec', { Uniqueid: '1.1', CommandId: request.get('CommandID'), Result: 'x'.repeat(1_024) }),
      )
      return ADDED
    })
    at.pbx.emit('AsyncAGIStart', { Channel: 'PJSIP/1', Uniqueid: '1.1', Env: percent(environment()) })
    await at.clock.advance(10)
    await expect.poll(() => seen.result).toMatchObject({ message: 'An answer over AsyncAGI takes more than 1048576 bytes' })
    expect(at.executor.sessions).toEqual([])
  })

  it('a channel that ends while its environment is read on leaves nothing', async () => {
    await using at = await open(() => undefined)
    answer(at.pbx)
    at.pbx.emit('AsyncAGIStart', { Channel: 'PJSIP/1', Uniqueid: '1.1', Env: percent(environment().slice(0, 200)) })
    await settle()
    at.pbx.emit('AsyncAGIEnd', { Channel: 'PJSIP/1', Uniqueid: '1.1' })
    await settle()
    expect([at.executor.sessions, at.errors]).toEqual([[], []])
  })

  it('a command longer than a line of AMI is refused', async () => {
    const { seen, run } = watched((agi) => agi.noop('x'.repeat(1_100)))
    await using at = await open(run)
    at.pbx.callAsyncAGI()
    await at.clock.advance(10)
    expect(seen.error).toMatchObject({ code: 'AGI_INVALID_COMMAND', message: expect.stringContaining('Asterisk reads 1013') })
  })
})

describe.each([16, 22])('recorded sessions of Asterisk %s', (version) => {
  const bytes = (name: string) => readFileSync(new URL(`../fixtures/ami-${version}/${name}.ami`, import.meta.url))

  it('asyncagi-session: the environment is read, and the channel let go', async () => {
    const accept = vi.fn(() => true)
    await using at = await open(() => undefined, { accept })
    at.pbx.replay(bytes('asyncagi-session'))
    await settle()
    expect(accept).toHaveBeenCalledWith(expect.objectContaining({ request: 'async', type: 'Local', context: 'default' }))
    expect([at.executor.sessions, at.errors]).toEqual([[], []])
  })
})

it.each(['asyncagi-hangup-with-queued', 'asyncagi-failure-ends-session', 'asyncagi-result-overflow'])(
  'the recorded %s leaves nothing behind',
  async (name) => {
    let uniqueId = ''
    const accept = (env: AGIEnvironment) => {
      uniqueId = env.uniqueId
      return true
    }
    await using at = await open(() => undefined, { accept })
    at.pbx.replay(readFileSync(new URL(`../fixtures/ami-22/${name}.ami`, import.meta.url)))
    await settle()
    at.pbx.emit('AsyncAGIEnd', { Uniqueid: uniqueId })
    await settle()
    expect(at.executor.sessions).toEqual([])
  },
)

describe('close()', () => {
  /** A script that waits until it is let go. */
  const held = () => {
    let letGo: () => void = () => undefined
    const wait = new Promise<void>((resolve) => {
      letGo = resolve
    })
    return { script: () => wait, letGo }
  }

  it('waits until the scripts that run are over, and answers no other channel', async () => {
    const { script, letGo } = held()
    await using at = await open(script)
    const caller = at.pbx.callAsyncAGI()
    await at.clock.advance(10)
    let isClosed = false
    const closed = at.executor.close().then(() => {
      isClosed = true
    })
    at.pbx.callAsyncAGI()
    await at.clock.advance(60_000)
    expect([at.executor.sessions.length, isClosed]).toEqual([1, false])
    letGo()
    await at.clock.advance(10)
    await closed
    expect(await caller.ended()).toBe('SUCCESS')
  })

  it('hangs up the callers of what still runs after timeoutMs, also while a command runs', async () => {
    const { seen, run } = watched((agi) => agi.waitForDigit())
    await using at = await open(run)
    at.pbx.use(
      action(
        (request) => request.name === 'AGI' && claimIn(request) === undefined,
        () => ADDED,
      ),
    )
    const caller = at.pbx.callAsyncAGI()
    await at.clock.advance(10)
    const closed = at.executor.close({ timeoutMs: 500 })
    await at.clock.advance(480)
    expect(seen.error).toBeUndefined()
    await at.clock.advance(20)
    await closed
    expect(await caller.ended()).toBe('HANGUP')
    expect(seen.error).toBeInstanceOf(AGIHangupError)
  })

  it('is what await using does, can be called again, and is for good', async () => {
    await using at = await open(async () => undefined)
    await at.executor[Symbol.asyncDispose]()
    expect(at.executor.close()).toBe(at.executor.close())
    expect(() => at.executor.bind()).toThrow(AGISessionEndedError)
  })
})
