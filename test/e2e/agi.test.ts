import { once } from 'node:events'
import { createServer } from 'node:net'
import {
  AGICommandFailure,
  AGIHangupError,
  AGIRouter,
  type AGISession,
  type AMIClient,
  AsyncAGIExecutor,
  FastAGIServer,
} from 'obelus-asterisk'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { call, callersSide, run, serve, TRANSPORTS, type Transport } from './agi-rig.js'
import type { TestServer } from './asterisk/global-setup.js'
import { FaultProxy } from './fault-proxy.js'
import { changeTo, client, loggedIn, servers } from './target.js'

/** A command on a channel whose caller presses keys when told to. `expected` may be a failure, which then is explained. */
interface CommandCase {
  readonly run: (agi: AGISession, press: (digits: string) => void) => Promise<unknown>
  readonly expected: unknown
  /** Why it fails here, or what it depends on. */
  readonly note?: string
}

const failure = (result: string) => expect.objectContaining({ name: 'AGICommandFailure', result })
const NO_ENGINE = 'fails: no speech engine is installed'
const noEngine = (run: CommandCase['run']): CommandCase => ({ run, expected: failure('0'), note: NO_ENGINE })

const COMMANDS: Readonly<Record<string, CommandCase>> = {
  ANSWER: { run: (agi) => agi.answer(), expected: undefined },
  'ASYNCAGI BREAK': { run: (agi) => agi.asyncAGIBreak(), expected: undefined },
  'CHANNEL STATUS': { run: (agi) => agi.channelStatus(), expected: { state: 6, stateText: 'Up' } },
  'CONTROL STREAM FILE': {
    run: (agi, press) => {
      press('1')
      return agi.controlStreamFile('tt-monkeys', { escapeDigits: '1' })
    },
    expected: { digit: '1', endPositionMs: expect.any(Number) },
  },
  'DATABASE PUT': { run: (agi) => agi.databasePut('agi', 'key', 'v "1"'), expected: undefined },
  'DATABASE GET': {
    run: async (agi) => [await agi.databaseGet('agi', 'key'), await agi.databaseGet('agi', 'none')],
    expected: ['v "1"', undefined],
  },
  'DATABASE DEL': { run: (agi) => agi.databaseDel('agi', 'key'), expected: undefined },
  'DATABASE DELTREE': {
    run: async (agi) => {
      await agi.databasePut('tree', 'a', '1')
      return [await agi.databaseDeltree('tree'), await agi.databaseDeltree('tree')]
    },
    expected: [true, false],
  },
  EXEC: {
    run: async (agi) => [await agi.exec('Set', 'Z=1,2'), await agi.getVariable('Z')],
    expected: [0, '1,2'],
  },
  'GET DATA': {
    run: (agi, press) => {
      press('12')
      return agi.getData('tt-monkeys', { maxDigits: 2, timeoutMs: 3_000 })
    },
    expected: { digits: '12', timedOut: false },
  },
  'GET FULL VARIABLE': {
    run: async (agi) => [await agi.getFullVariable(`\${CHANNEL(state)}`), await agi.getFullVariable('x', 'PJSIP/nobody')],
    expected: ['Up', undefined],
  },
  'GET OPTION': {
    run: (agi, press) => {
      press('2')
      return agi.getOption('tt-monkeys', { escapeDigits: '12', timeoutMs: 1_000 })
    },
    expected: { digit: '2', endPosition: expect.any(Number) },
  },
  'GET VARIABLE': {
    run: async (agi) => [await agi.getVariable('NOBODY_SET_THIS'), (await agi.getVariable('CHANNEL')) === agi.env.channel],
    expected: [undefined, true],
  },
  GOSUB: { run: (agi) => agi.gosub('handler', 's', 1), expected: undefined },
  HANGUP: { run: (agi) => agi.hangup(), expected: undefined },
  NOOP: { run: (agi) => agi.noop('a note'), expected: undefined },
  'RECEIVE CHAR': { run: (agi) => agi.receiveChar(200), expected: failure('-1'), note: 'fails: a Local channel has no text' },
  'RECEIVE TEXT': { run: (agi) => agi.receiveText(200), expected: failure('-1'), note: 'fails: a Local channel has no text' },
  'RECORD FILE': {
    run: (agi, press) => {
      press('#')
      return agi.recordFile('/tmp/agi-recording', 'wav', { escapeDigits: '#', timeoutMs: 5_000 })
    },
    expected: { endedBy: 'digit', digit: '#', endPosition: expect.any(Number), durationMs: expect.any(Number) },
  },
  'SAY ALPHA': { run: (agi) => agi.sayAlpha('a'), expected: { digit: undefined } },
  'SAY DATE': interrupted((agi) => agi.sayDate(new Date(), { escapeDigits: '#' })),
  'SAY DATETIME': interrupted((agi) => agi.sayDatetime(new Date(), { escapeDigits: '#', timezone: 'Europe/Berlin' })),
  'SAY DIGITS': { run: (agi) => agi.sayDigits('1'), expected: { digit: undefined } },
  'SAY NUMBER': { run: (agi) => agi.sayNumber(1), expected: { digit: undefined } },
  'SAY PHONETIC': interrupted((agi) => agi.sayPhonetic('ab', { escapeDigits: '#' })),
  'SAY TIME': interrupted((agi) => agi.sayTime(new Date(), { escapeDigits: '#' })),
  'SEND IMAGE': { run: (agi) => agi.sendImage('none'), expected: undefined, note: 'says it did, though the channel has none' },
  'SEND TEXT': { run: (agi) => agi.sendText('hello'), expected: undefined },
  'SET AUTOHANGUP': { run: (agi) => agi.setAutohangup(60_000), expected: undefined },
  'SET CALLERID': {
    run: async (agi) => {
      await agi.setCallerId('"Ann B" <100>')
      return agi.getVariable('CALLERID(all)')
    },
    expected: '"Ann B" <100>',
  },
  'SET CONTEXT': { run: (agi) => agi.setContext('day'), expected: undefined },
  'SET EXTENSION': { run: (agi) => agi.setExtension('answer'), expected: undefined },
  'SET MUSIC': { run: (agi) => agi.setMusic(true), expected: undefined },
  'SET PRIORITY': { run: (agi) => agi.setPriority(1), expected: undefined },
  'SET VARIABLE': {
    run: async (agi) => {
      await agi.setVariable('TEXT', 'a, "b" \\ c) ☎')
      return agi.getVariable('TEXT')
    },
    expected: 'a, "b" \\ c) ☎',
  },
  'SPEECH ACTIVATE GRAMMAR': noEngine((agi) => agi.speechActivateGrammar('g')),
  'SPEECH CREATE': noEngine((agi) => agi.speechCreate('none')),
  'SPEECH DEACTIVATE GRAMMAR': noEngine((agi) => agi.speechDeactivateGrammar('g')),
  'SPEECH DESTROY': noEngine((agi) => agi.speechDestroy()),
  'SPEECH LOAD GRAMMAR': noEngine((agi) => agi.speechLoadGrammar('g', '/x')),
  'SPEECH RECOGNIZE': noEngine((agi) => agi.speechRecognize('beep', { timeoutMs: 200 })),
  'SPEECH SET': noEngine((agi) => agi.speechSet('a', 'b')),
  'SPEECH UNLOAD GRAMMAR': noEngine((agi) => agi.speechUnloadGrammar('g')),
  'STREAM FILE': { run: (agi) => agi.streamFile('beep'), expected: { digit: undefined, endPosition: 3520 } },
  'TDD MODE': { run: (agi) => agi.tddMode('on'), expected: false, note: 'a Local channel is not capable of it' },
  VERBOSE: { run: (agi) => agi.verbose('hello'), expected: undefined },
  'WAIT FOR DIGIT': {
    run: async (agi, press) => {
      press('5')
      return [await agi.waitForDigit(3_000), await agi.waitForDigit(100)]
    },
    expected: [{ digit: '5' }, { digit: undefined }],
  },
}

function interrupted(run: (agi: AGISession) => Promise<unknown>): CommandCase {
  return {
    run: (agi, press) => {
      press('#')
      return run(agi)
    },
    expected: { digit: '#' },
  }
}

/** What came of each command, by server and transport. */
const matrix = new Map<string, Map<string, string>>()

afterAll(() => {
  const columns = servers.flatMap(({ name }) => TRANSPORTS.map((transport) => `${name.replace('Asterisk ', '')} ${transport}`))
  const rows = Object.entries(COMMANDS).map(([command, { note = '' }]) => {
    const cells = columns.map((column) => (matrix.get(column)?.get(command) ?? '').padEnd(column.length + 2))
    return `${command.padEnd(26)}${cells.join('')}${note}`
  })
  console.log([`${'command'.padEnd(26)}${columns.map((column) => `${column}  `).join('')}`, ...rows].join('\n'))
})

/** Presses keys on the caller's side, one every 200 ms, as soon as the script is likely to listen. */
function keypad(ami: AMIClient, agi: AGISession) {
  return (digits: string) => {
    for (const [at, Digit] of [...digits].entries()) {
      setTimeout(() => ami.sendAction('PlayDTMF', { Channel: callersSide(agi), Digit }).catch(() => undefined), 300 + 250 * at)
    }
  }
}

describe.each(servers)('AGI on $name', (server) => {
  it.each(TRANSPORTS)(
    'every command over %s',
    async (transport) => {
      let finished: (outcome: { result?: unknown; error?: unknown }) => void = () => undefined
      let current: CommandCase | undefined
      const { ami, url } = await serve(server, async (agi) => {
        try {
          finished({ result: await current?.run(agi, keypad(ami, agi)) })
        } catch (error) {
          finished({ error })
        }
      })
      const cells = new Map<string, string>()
      matrix.set(`${server.name.replace('Asterisk ', '')} ${transport}`, cells)
      for (const [command, each] of Object.entries(COMMANDS)) {
        current = each
        const over = new Promise<{ result?: unknown; error?: unknown }>((resolve) => {
          finished = resolve
        })
        await call(ami, url(transport))
        const { result, error } = await over
        expect([command, error ?? result]).toEqual([command, each.expected])
        cells.set(command, error === undefined ? 'ok' : 'fails')
      }
    },
    120_000,
  )

  it('environment, arguments, query and the way back to the dialplan', async () => {
    const { ami, url } = await serve(server, async (agi) => {
      const seen = [agi.query.get('lang') ?? '', agi.env.request, agi.env.callerNumber, agi.env.callerName, ...agi.args]
      await agi.setVariable('MARK', seen.join('|'))
    })
    const told = ami.waitFor('UserEvent', { where: (event) => event.get('UserEvent') === 'AGIStatus' })
    await ami.sendAction(
      'Originate',
      { Channel: 'Local/caller@agi/n', Context: 'agi', Exten: 'run', Priority: 1, CallerID: '"Ann \\"B\\"" <100>', Async: true },
      { variables: { URL: `${url('FastAGI')}?lang=en,one,two words,,qx` } },
    )
    const event = await told
    expect(event.get('Status')).toBe('SUCCESS')
    expect(event.get('Mark')).toMatch(/^en\|agi:\/\/127.0.0.1:\d+\/script\?lang=en\|100\|Ann "?B"?\|one\|two words\|\|qx$/)
  })

  it.each<[string, 'SUCCESS' | 'FAILURE' | 'HANGUP', (agi: AGISession) => Promise<void>]>([
    ['a script that returns', 'SUCCESS', (agi) => agi.noop()],
    [
      'a script that throws: its caller is hung up',
      'HANGUP',
      async () => {
        throw new Error('a bug')
      },
    ],
    ['a script that hangs up', 'HANGUP', (agi) => agi.hangup()],
  ])('AGISTATUS: %s', async (_, status, script) => {
    const { ami, url } = await serve(server, script)
    expect(await run(ami, url('FastAGI'))).toBe(status)
  })

  it('AGISTATUS: no route, no room, nobody there: FAILURE', async () => {
    const ami = await loggedIn(server)
    const fast = new FastAGIServer({ port: 0 })
    const errors: string[] = []
    fast.on('error', ({ message }) => errors.push(message))
    const { port } = await fast.listen()
    onTestFinished(() => fast.close())
    const free = createServer().listen(0, '127.0.0.1')
    await once(free, 'listening')
    const nobody = (free.address() as { port: number }).port
    await new Promise((resolve) => free.close(resolve))
    for (const url of [`agi://127.0.0.1:${port}/nowhere`, `agi://127.0.0.1:${nobody}/x`]) {
      expect(await run(ami, url)).toBe('FAILURE')
    }
    expect(errors).toEqual(['No route fits agi://…/nowhere'])
  })

  it.each(TRANSPORTS)('a caller may hang up between commands and in the middle of one, over %s', async (transport) => {
    const seen: unknown[] = []
    const { ami, url, errors } = await serve(server, async (agi) => {
      const hangup = () => ami.sendAction('Hangup', { Channel: callersSide(agi), Cause: 16 }).catch(() => undefined)
      await agi.noop()
      void hangup()
      if (agi.args[0] === 'idle') await once(agi.signal, 'abort')
      else await agi.waitForDigit(20_000).catch((error: unknown) => seen.push(error))
      seen.push(agi.signal.aborted && agi.signal.reason)
    })
    for (const how of ['idle', 'busy']) {
      await call(ami, url(transport), [how])
      await expect.poll(() => seen.length).toBe(how === 'idle' ? 1 : 3)
    }
    expect(seen[0]).toBeInstanceOf(AGIHangupError)
    expect(seen[1]).toBeInstanceOf(AGIHangupError)
    expect(errors).toEqual([])
  })

  it('AsyncAGI settles every queued command when the caller is redirected away', async () => {
    const outcomes: PromiseSettledResult<unknown>[] = []
    const { ami, url, async } = await serve(server, async (agi) => {
      await agi.noop()
      const waiting = [agi.waitForDigit(20_000), agi.noop(), agi.noop()]
      await ami.sendAction('Redirect', { Channel: agi.env.channel, Context: 'agi', Exten: 'elsewhere', Priority: 1 })
      outcomes.push(...(await Promise.allSettled(waiting)))
    })
    void run(ami, url('AsyncAGI')).catch(() => undefined)
    await expect.poll(() => outcomes.length, { timeout: 5_000 }).toBe(3)
    expect(outcomes.map(({ status }) => status)).toEqual(Array(3).fill('rejected'))
    await expect.poll(() => async.sessions).toEqual([])
  })

  it('AsyncAGI settles a command in whose middle the connection breaks, and finds the channel again', async () => {
    const proxy = await FaultProxy.open(server)
    onTestFinished(() => proxy.close())
    const witness = await loggedIn(server)
    const ami = client(server, { host: '127.0.0.1', port: proxy.port, reconnect: { initialDelayMs: 50, maxDelayMs: 50 } })
    await ami.login()
    const rounds: string[] = []
    let settled: unknown
    const executor = new AsyncAGIExecutor(ami, async (agi) => {
      rounds.push(agi.env.uniqueId)
      if (rounds.length > 1) return agi.setVariable('FOUND', agi.args[0] ?? '')
      const waiting = agi.waitForDigit(20_000)
      const back = changeTo(ami, 'online')
      proxy.reset()
      settled = await waiting.catch((error: unknown) => error)
      await back
      // Asterisk is at the digit still; what comes next waits for it.
      await witness.sendAction('PlayDTMF', { Channel: callersSide(agi), Digit: '1' })
    })
    onTestFinished(() => executor.unbind())
    const found = witness.waitFor('VarSet', { where: (event) => event.get('Variable') === 'FOUND' })
    await call(witness, 'agi:async', ['again'])
    expect((await found).get('Value')).toBe('again')
    expect(settled).toMatchObject({ name: 'AGISessionEndedError' })
    expect(rounds[1]).toBe(rounds[0])
  })

  it('AsyncAGI: an answer over 1,024 bytes is put together, a failure that ends it says so', async () => {
    const seen: unknown[] = []
    const long = `${'long value '.repeat(60)}end`
    const { ami, url } = await serve(server, async (agi) => {
      await agi.setVariable('PART', long)
      seen.push(await agi.getFullVariable('$'.concat('{PART}').repeat(3)))
      seen.push(await agi.getVariable('PART'))
      seen.push(await agi.streamFile('there-is-no-such-file').catch((error: unknown) => error))
    })
    await call(ami, url('AsyncAGI'))
    await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(3)
    expect(seen[0]).toBe(long.repeat(3))
    expect(seen[1]).toBe(long)
    expect(seen[2]).toBeInstanceOf(AGICommandFailure)
    expect(seen[2]).toMatchObject({ endedSession: true })
  })

  it('500 calls at a time over FastAGI end cleanly', async () => {
    await load(server, 'FastAGI', 500)
  }, 120_000)

  it('200 channels at a time over AsyncAGI and one connection end cleanly', async () => {
    await load(server, 'AsyncAGI', 200)
  }, 120_000)
})

/** So many calls that are all there before the first one ends. */
async function load(server: TestServer, transport: Transport, count: number): Promise<void> {
  let arrived = 0
  let allThere: () => void = () => undefined
  const together = new Promise<void>((resolve) => {
    allThere = resolve
  })
  const took: number[] = []
  let done = 0
  const router = new AGIRouter().routeDefault(async (agi) => {
    arrived += 1
    if (arrived === count) allThere()
    await together
    for (let round = 0; round < 5; round += 1) {
      const began = performance.now()
      await agi.setVariable('ROUND', round)
      took.push(performance.now() - began)
    }
    expect(await agi.getVariable('ROUND')).toBe('4')
    await agi.hangup()
    done += 1
  })
  const { ami, errors, fast, async, url } = await serve(server, (agi) => router.match('')?.script(agi))
  const began = performance.now()
  for (let number = 0; number < count; number += 1) {
    await call(ami, url(transport))
    // Asterisk makes some hundred channels a second; more would only queue up there.
    if (number % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await expect.poll(() => done, { timeout: 90_000 }).toBe(count)
  await expect.poll(() => [...fast.sessions, ...async.sessions]).toEqual([])
  expect(errors).toEqual([])
  took.sort((one, two) => one - two)
  const at = (share: number) => took[Math.floor(took.length * share)]?.toFixed(1)
  console.log(
    `${server.name}: ${count} calls at a time over ${transport}: ${took.length} commands, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; ` +
      `${((performance.now() - began) / 1000).toFixed(1)} s in all`,
  )
}
