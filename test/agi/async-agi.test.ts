import { readFileSync } from 'node:fs'
import {
  AGICommandFailure,
  AGIHangupError,
  AGIProtocolError,
  AGIRouter,
  type AGIScript,
  type AGISession,
  AGISessionEndedError,
  AsyncAGIExecutor,
  type AsyncAGIOptions,
} from 'obelus-asterisk'
import { action, failure, once, success } from 'obelus-asterisk/testing'
import { describe, expect, it } from 'vitest'
import { environment } from '../support/agi-peer.js'
import { ClientRig } from '../support/client-rig.js'
import { settle } from '../support/virtual-clock.js'

const percent = (text: string) => encodeURIComponent(text)

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
    at.pbx.use(
      action('AGI', async (request) => {
        at.pbx.emit('AsyncAGIExec', {
          Uniqueid: '1.1',
          CommandID: request.get('CommandID'),
          Result: percent('200 result=1 (early)\n'),
        })
        return success('Added AGI command to queue')
      }),
    )
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
    at.pbx.use(
      action('AGI', (request) => {
        channels.push(request.get('Channel'))
        return success('Added AGI command to queue')
      }),
    )
    at.pbx.emit('AsyncAGIStart', { Channel: 'PJSIP/1', Uniqueid: '1.1', Env: percent(environment()) })
    await settle()
    at.pbx.emit('Rename', { Channel: 'PJSIP/1', Newname: 'PJSIP/1<MASQ>', Uniqueid: '1.1' })
    const id = at.pbx.received.find(({ name }) => name === 'AGI')?.get('CommandID')
    at.pbx.emit('AsyncAGIExec', { Uniqueid: '1.1', CommandId: id, Result: percent('200 result=0\n') })
    await settle()
    expect(channels).toEqual(['PJSIP/1', 'PJSIP/1<MASQ>'])
  })

  it('hears the events of Asterisk before 12', async () => {
    const { seen, run } = watched((agi) => agi.getVariable('X'))
    await using at = await open(run)
    at.pbx.use(action('AGI', () => success('Added AGI command to queue')))
    const channel = { Channel: 'SIP/1', Uniqueid: '1.1' }
    at.pbx.emit('AsyncAGI', { SubEvent: 'Start', ...channel, Env: percent(environment({ channel: 'SIP/1' })) })
    await settle()
    const id = at.pbx.received.find(({ name }) => name === 'AGI')?.get('CommandID')
    at.pbx.emit('AsyncAGI', { SubEvent: 'Exec', ...channel, CommandID: id, Result: percent('200 result=1 (old)\n') })
    at.pbx.emit('AsyncAGI', { SubEvent: 'End', ...channel })
    await settle()
    expect(seen).toMatchObject({ result: 'old', session: { env: { channel: 'SIP/1' } } })
    expect(seen.session?.signal.aborted).toBe(true)
  })

  it('commands of other clients, and of nobody, settle nothing', async () => {
    const { seen, run } = watched((agi) => agi.getVariable('X'))
    await using at = await open(run)
    at.pbx.use(action('AGI', () => success('Added AGI command to queue')))
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
    at.pbx.use(action('AGI', () => success('Added AGI command to queue')))
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
    at.pbx.use(action('AGI', () => success('Added AGI command to queue')))
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
    at.pbx.use(action('AGI', () => success('Added AGI command to queue')))
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
    at.pbx.use(action('AGI', () => failure('Channel PJSIP/1 does not exist.')))
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
    at.pbx.use(once(action('AGI', () => success('Added AGI command to queue'))))
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
    at.pbx.use(
      action('AGI', (request) => {
        const probe = /"([^"]+)"/.exec(request.get('Command') ?? '')?.[1] ?? ''
        const result =
          answers.shift() ??
          percent(request.get('Command')?.startsWith('GET FULL') ? `200 result=1 (${probe})\n` : '200 result=1 (fine)\n')
        queueMicrotask(() =>
          at.pbx.emit('AsyncAGIExec', { Uniqueid: '1.1', CommandId: request.get('CommandID'), Result: result }),
        )
        return success('Added AGI command to queue')
      }),
    )
    at.pbx.emit('AsyncAGIStart', { Channel: 'PJSIP/1', Uniqueid: '1.1', Env: percent(environment()) })
    await at.clock.advance(10)
    expect(seen.result).toEqual([expect.any(AGIProtocolError), 'fine'])
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

  it('asyncagi-session: the environment is read, the channel answered and let go', async () => {
    const { seen, run } = watched((agi) => agi.waitForDigit())
    await using at = await open(run)
    at.pbx.use(action('AGI', () => success('Added AGI command to queue')))
    at.pbx.replay(bytes('asyncagi-session'))
    await settle()
    expect(seen.session?.env).toMatchObject({ request: 'async', type: 'Local', context: 'default' })
    expect(seen.error).toBeInstanceOf(AGISessionEndedError)
    expect(at.executor.sessions).toEqual([])
  })
})

it.each(['asyncagi-hangup-with-queued', 'asyncagi-failure-ends-session', 'asyncagi-result-overflow'])(
  'the recorded %s leaves nothing behind',
  async (name) => {
    const { seen, run } = watched((agi) => agi.waitForDigit())
    await using at = await open(run)
    at.pbx.use(action('AGI', () => success('Added AGI command to queue')))
    at.pbx.replay(readFileSync(new URL(`../fixtures/ami-22/${name}.ami`, import.meta.url)))
    await settle()
    at.pbx.emit('AsyncAGIEnd', { Uniqueid: seen.session?.env.uniqueId })
    await settle()
    expect(seen.error).toBeInstanceOf(Error)
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

  it('tells what still runs after timeoutMs that its session is over', async () => {
    const { seen, run } = watched(
      (agi) => new Promise((_, reject) => agi.signal.addEventListener('abort', () => reject(agi.signal.reason))),
    )
    await using at = await open(run)
    at.pbx.callAsyncAGI()
    await at.clock.advance(10)
    const closed = at.executor.close({ timeoutMs: 500 })
    await at.clock.advance(499)
    expect(seen.error).toBeUndefined()
    await at.clock.advance(1)
    await closed
    await settle()
    expect(seen.error).toBeInstanceOf(AGISessionEndedError)
  })

  it('is what await using does, can be called again, and is for good', async () => {
    await using at = await open(async () => undefined)
    await at.executor[Symbol.asyncDispose]()
    expect(at.executor.close()).toBe(at.executor.close())
    expect(() => at.executor.bind()).toThrow(AGISessionEndedError)
  })
})
