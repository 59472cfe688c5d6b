import { type AGIScript, AMIClient, AsyncAGIExecutor, type AsyncAGIOptions } from 'obelus-asterisk'
import type { Connector, Protocol, Transport } from 'obelus-asterisk/protocol'
import { action, failure, faulty, success } from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { environment } from '../support/agi-peer.js'
import { ClientRig } from '../support/client-rig.js'
import { settle } from '../support/virtual-clock.js'

const LEASE_MS = 15_000

/** What one side says can be kept back: it arrives afterwards. */
function lane() {
  let kept: (() => void)[] | undefined
  return {
    pass: (call: () => void) => (kept === undefined ? call() : void kept.push(call)),
    pause: () => {
      kept = []
    },
    resume: () => {
      const calls = kept ?? []
      kept = undefined
      for (const call of calls) call()
    },
  }
}

/** A connector whose connections can stand still, in each direction. */
function pausable(connector: Connector) {
  const [out, back] = [lane(), lane()]
  const slow = (transport: Transport): Transport => ({
    write: (data) => out.pass(() => transport.write(data)),
    close: () => transport.close(),
  })
  const connect: Connector = async (protocol, signal) => {
    const slowed: Protocol = {
      connectionMade: (transport) => protocol.connectionMade(slow(transport)),
      dataReceived: (data) => back.pass(() => protocol.dataReceived(data)),
      connectionLost: (error) => protocol.connectionLost(error),
    }
    return slow(await connector(slowed, signal))
  }
  return { connect, out, back }
}

interface Process {
  readonly executor: AsyncAGIExecutor
  readonly line: ReturnType<typeof pausable>
  readonly warnings: string[]
  /** Why its scripts ended. */
  readonly threw: unknown[]
  /** It is gone at once, and says nothing. */
  kill(): Promise<void>
}

/** Processes, each with a client and an executor of its own on one fake. */
function server() {
  const rig = new ClientRig()
  onTestFinished(() => rig[Symbol.asyncDispose]())
  const { pbx, clock } = rig
  /** Begins to answer calls. Its script tells who it is by a variable, and then does as the test says. */
  const start = async (name: string, script: AGIScript = () => undefined, chosen: AsyncAGIOptions = {}): Promise<Process> => {
    const link = faulty(pbx.connector)
    const line = pausable(link)
    const options = { username: 'admin', secret: 's3cret', reconnect: false, keepAlive: false } as const
    const ami = new AMIClient({ ...options, clock, connect: line.connect })
    const login = ami.login()
    await settle()
    await login
    const threw: unknown[] = []
    const run: AGIScript = async (agi) => {
      try {
        await agi.setVariable('SERVED', `${(await agi.getVariable('SERVED')) ?? ''}${name}`)
        await script(agi)
      } catch (error) {
        threw.push(error)
        throw error
      }
    }
    const executor = new AsyncAGIExecutor(ami, run, { clock, ...chosen })
    const warnings: string[] = []
    executor.on('warning', (warning) => warnings.push(warning))
    executor.on('error', (error) => warnings.push(error.message))
    onTestFinished(async () => {
      executor.unbind()
      const closed = ami.close()
      await clock.advance(2_000)
      await closed
    })
    await settle()
    const kill = async () => {
      link.break(new Error('killed'))
      await settle()
    }
    return { executor, line, warnings, threw, kill }
  }
  return { pbx, clock, start }
}

/** A script that goes on until the call is over. */
const forever: AGIScript = (agi) =>
  new Promise((_, reject) => agi.signal.addEventListener('abort', () => reject(agi.signal.reason)))

describe('several processes on one server', () => {
  it('a call is answered by one of them, each by another one of fifty', async () => {
    const { pbx, clock, start } = server()
    const processes = [await start('a'), await start('b'), await start('c')]
    const callers = Array.from({ length: 50 }, (_, at) => pbx.callAsyncAGI({ args: [`${at}`] }))
    await clock.advance(10)
    for (const caller of callers) {
      expect(await caller.ended()).toBe('SUCCESS')
      expect(caller.variables.get('SERVED')).toMatch(/^[abc]$/)
    }
    expect(processes.flatMap(({ warnings }) => warnings)).toEqual([])
  })

  it('one that is gone leaves its calls to another, when its lease is over', async () => {
    const { pbx, clock, start } = server()
    const a = await start('a', forever)
    const caller = pbx.callAsyncAGI()
    await clock.advance(10)
    await start('b')
    await clock.advance(60_000)
    expect(caller.variables.get('SERVED')).toBe('a')
    await a.kill()
    await clock.advance(LEASE_MS - 6_000)
    expect(caller.variables.get('SERVED')).toBe('a')
    await clock.advance(LEASE_MS + 6_000)
    expect(await caller.ended()).toBe('SUCCESS')
    expect(caller.variables.get('SERVED')).toBe('ab')
  })

  it('a claim is kept while a command runs, and ends with the script', async () => {
    const { pbx, clock, start } = server()
    pbx.use(
      action(
        (request) => request.get('Command') === 'WAIT FOR DIGIT "-1"',
        () => success('Added AGI command to queue'),
      ),
    )
    await start('a', async (agi) => {
      await agi.waitForDigit()
    })
    await start('b')
    const caller = pbx.callAsyncAGI()
    await clock.advance(10 * LEASE_MS)
    expect(caller.variables.get('SERVED')).toBe('a')
    expect(pbx.received.filter(({ name }) => name === 'Setvar').length).toBeGreaterThan(25)
    caller.hangup()
    await settle()
    const before = pbx.received.length
    await clock.advance(10 * LEASE_MS)
    expect(pbx.received.length).toBe(before)
  })

  it('of three, only one takes over, with the environment that was told at first', async () => {
    const { pbx, clock, start } = server()
    const seen: string[] = []
    const a = await start('a', forever)
    const others = [
      await start('b', (agi) => void seen.push(agi.args.join())),
      await start('c', (agi) => void seen.push(agi.args.join())),
    ]
    const args = Array.from({ length: 60 }, (_, number) => `argument number ${number}`)
    const caller = pbx.callAsyncAGI({ args })
    await clock.advance(10)
    expect(caller.variables.get('SERVED')).toBe('a')
    await a.kill()
    await clock.advance(2 * LEASE_MS + 10)
    expect(await caller.ended()).toBe('SUCCESS')
    expect(caller.variables.get('SERVED')).toMatch(/^a[bc]$/)
    expect(seen).toEqual([args.join()])
    expect(others.flatMap(({ executor }) => executor.sessions)).toEqual([])
  })

  it.each<readonly ('out' | 'back')[]>([['out', 'back'], ['back'], ['out']])(
    'one that stood still for too long loses its calls, and sends no command any more: %s %s',
    async (...lanes) => {
      const { pbx, clock, start } = server()
      let goOn: () => void = () => undefined
      const a = await start('a', async (agi) => {
        await new Promise<void>((resolve) => {
          goOn = resolve
        })
        await agi.setVariable('SERVED', 'a once more')
      })
      await start('b', forever)
      const caller = pbx.callAsyncAGI()
      await clock.advance(10)
      for (const each of lanes) a.line[each].pause()
      await clock.advance(3 * LEASE_MS)
      expect(caller.variables.get('SERVED')).toBe('ab')
      goOn()
      await clock.advance(10)
      for (const each of lanes) a.line[each].resume()
      await clock.advance(10)
      expect(caller.variables.get('SERVED')).toBe('ab')
      expect([a.executor.sessions, a.warnings]).toEqual([[], []])
      const why = expect.objectContaining({ message: expect.stringContaining('another executor answers the channel') })
      expect(a.threw).toEqual([why])
    },
  )

  it('one that is unbound leaves its calls to another at once', async () => {
    const { pbx, clock, start } = server()
    const a = await start('a', forever)
    await start('b')
    const caller = pbx.callAsyncAGI()
    await clock.advance(10)
    a.executor.unbind()
    await clock.advance(10)
    expect(await caller.ended()).toBe('SUCCESS')
    expect(caller.variables.get('SERVED')).toBe('ab')
    expect(a.threw).toEqual([expect.objectContaining({ code: 'AGI_SESSION_ENDED' })])
  })

  it('one that begins finds the calls of nobody, and leaves those of others', async () => {
    const { pbx, clock, start } = server()
    const waiting = pbx.callAsyncAGI()
    await start('a', forever)
    const served = pbx.callAsyncAGI()
    await clock.advance(10)
    await start('b')
    await clock.advance(LEASE_MS * 3)
    expect([waiting, served].map(({ variables }) => variables.get('SERVED'))).toEqual(['a', 'a'])
  })

  it('accept() chooses; what one does not accept is left to the others', async () => {
    const { pbx, clock, start } = server()
    await start('a', undefined, { accept: ({ args }) => args[0] === 'sales' })
    await start('b', undefined, { accept: ({ args }) => args[0] !== 'sales' })
    const long = Array.from({ length: 60 }, (_, number) => `argument number ${number}`)
    const callers = [
      pbx.callAsyncAGI({ args: ['sales'] }),
      pbx.callAsyncAGI({ args: ['support'] }),
      pbx.callAsyncAGI({ args: long }),
    ]
    await clock.advance(100)
    for (const caller of callers) expect(await caller.ended()).toBe('SUCCESS')
    expect(callers.map(({ variables }) => variables.get('SERVED'))).toEqual(['a', 'b', 'b'])
  })

  it('an accept() that throws is reported, and the call is not answered', async () => {
    const { pbx, clock, start } = server()
    const accept = () => {
      throw new Error('a bug')
    }
    const a = await start('a', undefined, { accept })
    const caller = pbx.callAsyncAGI()
    await clock.advance(10)
    expect([caller.variables.has('SERVED'), a.warnings]).toEqual([false, ['a bug']])
  })

  it('where Asterisk cannot write claims, every one answers, and says so once', async () => {
    const { pbx, clock, start } = server()
    const a = await start('a')
    const isClaim = (request: { get(name: string): string | undefined }) => (request.get('Command') ?? '').includes('SET(')
    pbx.use(
      action(isClaim, (request) => {
        const [Channel, CommandId] = [request.get('Channel'), request.get('CommandID')]
        queueMicrotask(() =>
          pbx.emit('AsyncAGIExec', { Channel, Uniqueid: '1.1', CommandId, Result: '200%20result%3D1%20(%2F)%0A' }),
        )
        return success('Added AGI command to queue')
      }),
    )
    const callers = [pbx.callAsyncAGI({ uniqueId: '1.1' })]
    await clock.advance(10)
    callers.push(pbx.callAsyncAGI({ uniqueId: '1.1' }))
    await clock.advance(10)
    expect(callers.map(({ variables }) => variables.get('SERVED'))).toEqual(['a', 'a'])
    expect(a.warnings).toEqual([expect.stringContaining('func_logic.so')])
  })

  it('an account that may not renew claims is told once', async () => {
    const { pbx, clock, start } = server()
    pbx.use(action('Setvar', () => failure('Permission denied')))
    const a = await start('a', forever)
    pbx.callAsyncAGI()
    await clock.advance(3 * LEASE_MS)
    expect(a.warnings).toEqual([expect.stringContaining('Give its account call for writing')])
  })

  it('a claim of an earlier stay in AsyncAGI keeps nobody waiting', async () => {
    const { pbx, clock, start } = server()
    const stale = '0123456789abcdef-15000-1/7'
    const a = await start('a', forever)
    let claim = stale
    pbx.use(
      action('AGI', (request) => {
        const [Channel, CommandId, command = ''] = ['Channel', 'CommandID', 'Command'].map((name) => request.get(name))
        if (command.includes(`\\"${stale}\\"`)) claim = `${/\?([0-9a-f]{16}-\d+-\d+):/.exec(command)?.[1]}/`
        const exec = { Channel, Uniqueid: '1.1', CommandId, Result: encodeURIComponent(`200 result=1 (${claim})\n`) }
        queueMicrotask(() => pbx.emit('AsyncAGIExec', exec))
        return success('Added AGI command to queue')
      }),
    )
    pbx.emit('AsyncAGIStart', { Channel: 'PJSIP/1', Uniqueid: '1.1', Env: encodeURIComponent(environment()) })
    await clock.advance(10)
    expect(a.executor.sessions).toHaveLength(1)
  })
})
