import {
  AGIRouter,
  type AGISession,
  AMIClient,
  AsyncAGIExecutor,
  CallManager,
  FastAGIServer,
  runAGI,
  tcpConnector,
  webSocketTransport,
} from 'obelus-asterisk'
import { AGIProtocol, AMIProtocol, AMIServerProtocol } from 'obelus-asterisk/protocol'
import { action, FakeAsterisk, faulty, record, success } from 'obelus-asterisk/testing'
import { AMIClient as WebClient } from 'obelus-asterisk/web'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const SECRET = 'hunter2hunter2'
const account = { username: 'admin', secret: SECRET }
const connect = async () => Promise.reject(new Error('never'))
const script = async () => undefined
const call = { channel: 'PJSIP/1', application: 'Wait', data: '1' }
const place = { context: 'default', exten: '200' }

const pbx = new FakeAsterisk({ users: { admin: SECRET } })
pbx.dialplan({ 200: { answer: { talkMs: Number.POSITIVE_INFINITY } } })
const ami = new AMIClient({ ...account, connect: pbx.connector })
const calls = new CallManager(ami)
const server = new FastAGIServer({ port: 0 })
let agi: AGISession
let url = ''
let endScript: () => void = () => undefined

beforeAll(async () => {
  await ami.login()
  const { port } = await server.listen()
  url = `agi://127.0.0.1:${port}/hold`
  agi = await new Promise((resolve) => {
    server.route('hold', async (session) => {
      resolve(session)
      await new Promise<void>((end) => (endScript = end))
    })
    pbx.callFastAGI(url)
  })
})
afterAll(async () => {
  endScript()
  await server.close()
  calls.close()
  await ami.close()
  await pbx.close()
})

/** What takes options: how it is called with them, with what else they need, and what each option does not take. */
type Case = readonly [
  what: string,
  use: (options: never) => unknown,
  needs: object,
  wrong: Readonly<Record<string, readonly unknown[]>>,
]

const wait = { signal: ['now', {}, null], timeoutMs: ['5', 0, -1, Number.NaN] }
const command = { signal: ['now', {}], answerTimeoutMs: ['5', 0] }
const interrupted = { ...command, escapeDigits: [5, true] }
const agiLimits = { encoding: ['bogus', 5], limits: [5, null, { maxReplyByte: 1 }, { maxReplyBytes: 0 }, { maxReplyBytes: '9' }] }
const client = {
  host: ['', 'pbx:5038', 'u:secret@pbx', '[::1]', 'http://pbx', 5],
  port: [0, 65_536, '5038', 1.5],
  username: ['', 5, 'a\nb'],
  secret: [5, 'a\nb', ['x']],
  authType: ['MD5', true],
  events: ['', 5, []],
  reconnect: [true, 5, null, { retries: 1 }, { maxAttempts: -1 }, { jitter: '1' }, { factor: 0 }, { initialDelayMs: 0 }],
  keepAlive: [true, 5, { interval: 1 }, { intervalMs: 0 }, { timeoutMs: '1' }],
  connectTimeoutMs: [0, '1'],
  bootTimeoutMs: [-1, '1'],
  actionTimeoutMs: [0, '1'],
  maxInFlight: [0, 1.5, '1'],
  encoding: ['bogus', 5],
  limits: [5, null, { maxHeader: 1 }, { maxHeaders: 0 }, { maxHeaders: '1' }],
  connect: ['pbx', {}],
  clock: [5, {}, { now: () => 0 }],
  randomBytes: [5],
}

const CASES: readonly Case[] = [
  ['AMIClient', (options) => new AMIClient(options), account, { ...client, tls: ['yes', 5], tcpKeepAliveMs: [0, 999, '1000'] }],
  ['AMIClient of the web', (options) => new WebClient(options), { ...account, connect }, client],
  ['login', (options) => ami.login(options), {}, wait],
  [
    'sendAction',
    (options) => ami.sendAction('Ping', {}, options),
    {},
    { ...wait, variables: ['A=1', 5], priority: ['1', Number.NaN] },
  ],
  ['command', (options) => ami.command('core show version', options), {}, { ...wait, priority: ['1'] }],
  ['listAction', (options) => ami.listAction('QueueStatus', {}, options).next(), {}, { ...wait, priority: ['1'] }],
  [
    'events',
    (options) => ami.events('Hangup', options),
    {},
    { signal: wait.signal, where: [5], maxBuffered: [0, '1'], overflow: ['drop'], withGaps: [1] },
  ],
  ['waitFor', (options) => ami.waitFor('Hangup', options), {}, { ...wait, where: [5] }],
  [
    'tcpConnector',
    (options) => tcpConnector(options),
    { host: 'pbx', port: 5038 },
    { host: client.host, port: client.port, tls: ['yes'], tcpKeepAliveMs: [1] },
  ],
  ['webSocketTransport', (options) => webSocketTransport('ws://pbx', options), {}, { protocols: [5, [5]], WebSocket: ['ws'] }],
  [
    'AMIProtocol',
    (options) => new AMIProtocol(options),
    {},
    { encoding: client.encoding, limits: client.limits, randomBytes: [5], peer: [5, 'a\nb'] },
  ],
  ['AMIServerProtocol', (options) => new AMIServerProtocol(options), {}, { encoding: client.encoding, greeting: [5, 'a\nb'] }],
  ['AGIProtocol', (options) => new AGIProtocol(options), {}, agiLimits],
  [
    'FastAGIServer',
    (options) => new FastAGIServer(options),
    {},
    {
      ...agiLimits,
      host: client.host,
      port: [-1, 65_536, '4573'],
      allow: ['10.0.0.0/8', [5]],
      maxSessions: [0, '1'],
      environmentTimeoutMs: [0],
      scriptTimeoutMs: ['1'],
    },
  ],
  [
    'close of a FastAGIServer',
    (options) => new FastAGIServer().close(options),
    {},
    { timeoutMs: [-1, '1'], withinMs: [-1, '1'] },
  ],
  [
    'close of an AsyncAGIExecutor',
    (options) => new AsyncAGIExecutor(ami, new AGIRouter()).close(options),
    {},
    { timeoutMs: [-1, '1'] },
  ],
  [
    'AsyncAGIExecutor',
    (options) => new AsyncAGIExecutor(ami, new AGIRouter(), options),
    {},
    { adopt: ['yes'], encoding: client.encoding, clock: client.clock },
  ],
  ['runAGI', (options) => runAGI(script, options), {}, agiLimits],
  [
    'CallManager',
    (options) => new CallManager(ami, options),
    {},
    { maxConcurrentCalls: [0, '1'], callsPerSecond: [0, '1'], clock: client.clock, randomBytes: [5] },
  ],
  [
    'originate',
    (options) => calls.originate(options),
    call,
    {
      channel: [5, 'PJSIP'],
      application: [5],
      data: [5],
      priority: [true, 0],
      callerId: [5],
      account: [5],
      codecs: ['ulaw', [5]],
      earlyMedia: ['yes'],
      timeoutMs: [0, '1', Number.POSITIVE_INFINITY],
      variables: ['A=1'],
      signal: wait.signal,
    },
  ],
  ['waitFor of a call', (options) => calls.originate(call).waitFor('up', options), {}, wait],
  ['redirect', (options) => calls.originate(call).redirect(options), place, { context: [5], exten: [200], priority: [true, 0] }],
  ['park', (options) => calls.originate(call).park(options), {}, { parkinglot: [5], timeoutMs: [0, '1'] }],
  ['answer', (options) => agi.answer(options), {}, command],
  [
    'controlStreamFile',
    (options) => agi.controlStreamFile('x', options),
    {},
    { ...interrupted, skipMs: [-1], forward: [5], rewind: [5], pause: [5], offsetMs: ['1'] },
  ],
  ['getData', (options) => agi.getData('x', options), {}, { ...command, timeoutMs: [0, '1'], maxDigits: [0, '1'] }],
  ['getOption', (options) => agi.getOption('x', options), {}, { ...interrupted, timeoutMs: [0] }],
  ['receiveChar', (options) => agi.receiveChar(5, options), {}, command],
  [
    'recordFile',
    (options) => agi.recordFile('x', 'wav', options),
    {},
    { ...interrupted, timeoutMs: ['1'], offset: ['1'], beep: [1], silenceMs: [0] },
  ],
  ['sayAlpha', (options) => agi.sayAlpha('x', options), {}, { ...interrupted, letterCase: ['big'] }],
  ['sayDate', (options) => agi.sayDate(new Date(0), options), {}, interrupted],
  ['sayDatetime', (options) => agi.sayDatetime(new Date(0), options), {}, { ...interrupted, format: [5], timezone: [5] }],
  ['sayDigits', (options) => agi.sayDigits('1', options), {}, interrupted],
  ['sayNumber', (options) => agi.sayNumber(1, options), {}, { ...interrupted, gender: [5] }],
  ['sayPhonetic', (options) => agi.sayPhonetic('x', options), {}, interrupted],
  ['sayTime', (options) => agi.sayTime(new Date(0), options), {}, interrupted],
  ['say', (options) => agi.say({ number: 1 }, options), {}, interrupted],
  ['speechRecognize', (options) => agi.speechRecognize('x', options), { timeoutMs: 5 }, { ...command, offset: ['1'] }],
  ['streamFile', (options) => agi.streamFile('x', options), {}, { ...interrupted, offset: ['1'] }],
  [
    'prompt',
    (options) => agi.prompt('x', options),
    {},
    { maxDigits: [0, '1'], timeoutMs: [0], validate: [5], invalid: [5], attempts: [0, '3'] },
  ],
  ['menu', (options) => agi.menu('x', { 1: script }, options), {}, { timeoutMs: [0], invalid: [5], attempts: [0] }],
  [
    'FakeAsterisk',
    (options) => new FakeAsterisk(options),
    {},
    {
      users: ['admin', { admin: 5 }, { admin: { password: 'x' } }, { admin: { secret: 5 } }, { admin: { secret: 'x', read: 5 } }],
      version: [18, '16'],
      unhandled: ['throw'],
      loginFailureDelayMs: [-1],
      encoding: client.encoding,
      clock: client.clock,
    },
  ],
  [
    'fromRecording',
    (options) => FakeAsterisk.fromRecording('none', options),
    {},
    { scale: [-1, '1', Number.POSITIVE_INFINITY], ignoreHeaders: ['File', [5]], version: [18] },
  ],
  ['listen', (options) => pbx.listen(options), {}, { host: client.host, port: [-1, '1'], tls: [true] }],
  [
    'faulty',
    (options) => faulty(connect, options),
    {},
    {
      seed: ['1'],
      split: [0],
      delayMs: [-1, '1', [5, 1], [5], ['1', 2]],
      bytesPerSecond: [0],
      dropAfterBytes: [0],
      stallAfterBytes: ['1'],
      halfCloseAfterBytes: [0],
      refuse: ['yes', -1],
      corruptPerMille: [1001],
      clock: client.clock,
    },
  ],
  ['record', (options) => record(5038, options), {}, { clock: client.clock }],
  ['record of a host and port', (options) => record(options), { host: 'pbx', port: 5038 }, { host: client.host }],
  [
    'action',
    (options) => action(options, () => success()),
    { name: 'Ping' },
    { name: [5], headers: [5, { Channel: null }, { Channel: ['a'] }] },
  ],
  [
    'callFastAGI',
    (options) => pbx.callFastAGI(url, options),
    {},
    {
      args: ['a', [5]],
      callerId: [5],
      channel: [5],
      uniqueId: [5],
      context: [5],
      exten: [5],
      extension: [5],
      variables: ['A=1', { A: 5 }],
      database: [{ a: 5 }],
      keys: [5],
      files: ['x'],
      applications: [{ Dial: 5 }],
      hangupAt: [-1, '1'],
    },
  ],
  ['incomingCall', (options) => pbx.incomingCall(options), { to: '200' }, { to: [200], from: [5], trunk: [5], context: [5] }],
]

const failureOf = async (use: (options: never) => unknown, options: unknown) => {
  try {
    await use(options as never)
  } catch (error) {
    return error
  }
  return undefined
}

describe.each(CASES)('%s', (_, use, needs, wrong) => {
  it.each(Object.keys(wrong))('refuses names that are nearly %s, and names it', async (name) => {
    const error = await failureOf(use, { ...needs, [`${name}X`]: SECRET })
    expect(error).toBeInstanceOf(TypeError)
    expect((error as Error).message).toContain(`There is no option "${name}X"; did you mean "${name}"?`)
  })

  it.each(Object.entries(wrong))('refuses what %s does not take: %o', async (name, values) => {
    for (const value of values) {
      const error = await failureOf(use, { ...needs, [name]: value })
      expect(error, String(value)).toSatisfy((each) => each instanceof TypeError || each instanceof RangeError)
      expect((error as Error).message).toContain(name)
    }
  })

  it('refuses what is no object', async () => {
    for (const options of [null, true])
      expect(await failureOf(use, options)).toSatisfy((each) => each instanceof TypeError || each instanceof RangeError)
  })
})

it('the options of a client never show its secret, whichever has it', async () => {
  for (const name of Object.keys(client)) {
    for (const value of [
      SECRET,
      `u:${SECRET}@pbx`,
      `http://u:${SECRET}@pbx/?${SECRET}`,
      [SECRET],
      { [SECRET]: SECRET },
      `${SECRET}\n`,
    ]) {
      const error = await failureOf((options) => new AMIClient(options), { ...account, [name]: value })
      if (typeof value === 'object' && (name === 'reconnect' || name === 'keepAlive' || name === 'limits')) continue
      expect(String(error), name).not.toContain(SECRET)
    }
  }
})
