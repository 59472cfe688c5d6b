/** What the compiler must infer and refuse on the public surface; checked by the type check alone. */
import {
  type AGIResponse,
  AGIRouter,
  type AGIScript,
  type AGISession,
  AMIClient,
  AMIEvent,
  AMIResponse,
  type AnyAMIError,
  AsyncAGIExecutor,
  CallManager,
  type CallOutcome,
  type ConnectionLostError,
  type EventStream,
  FastAGIServer,
  type Gap,
  isAGIError,
  isAMIError,
  isCallError,
  type OriginateRequest,
  type TracedMessage,
  trace,
  unlisted,
} from 'obelus-asterisk'
import { action, event, type FakeAsterisk, failure, success } from 'obelus-asterisk/testing'
import { AMIClient as WebClient } from 'obelus-asterisk/web'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const expectType = <_Holds extends true>(): void => undefined

declare module 'obelus-asterisk' {
  interface AGICommandMap {
    'BREW TEA': [kind: 'green' | 'black', minutes?: number]
  }
}

export async function agiCommands(agi: AGISession): Promise<void> {
  const answered = await agi.sendCommand('ANSWER')
  expectType<Equal<typeof answered, AGIResponse>>()
  await agi.sendCommand('DATABASE PUT', 'family', 'key', 1)
  await agi.sendCommand('CHANNEL STATUS')
  await agi.sendCommand('NOOP', 'any text')
  await agi.sendCommand('SET MUSIC', 'on', 'default')
  await agi.sendCommand('BREW TEA', 'green', 3)

  // @ts-expect-error: there is no such command.
  await agi.sendCommand('ANSWRE')
  // @ts-expect-error: a command's name is spelt as Asterisk spells it.
  await agi.sendCommand('answer')
  // @ts-expect-error: the value is missing.
  await agi.sendCommand('DATABASE PUT', 'family', 'key')
  // @ts-expect-error: ANSWER takes nothing.
  await agi.sendCommand('ANSWER', 'now')
  // @ts-expect-error: it is on or off.
  await agi.sendCommand('SET MUSIC', 'loud')
  // @ts-expect-error: an argument is a string or a number.
  await agi.sendCommand('NOOP', true)
  // @ts-expect-error: there is no such tea.
  await agi.sendCommand('BREW TEA', 'red')
  const name: string = 'ANSWER'
  // @ts-expect-error: any text is too much; unlisted() says that it is meant.
  await agi.sendCommand(name)

  await agi.sendCommand(unlisted('VENDOR COMMAND'), 1, 'two')
  await agi.sendCommand(unlisted('ANSWER'), 'now')
  await agi.sendCommand(unlisted(name))
}

export function routes(server: FastAGIServer, ami: AMIClient, path: string): void {
  server
    .route('hello/:name', (agi) => {
      expectType<Equal<typeof agi.params, { readonly name: string }>>()
      // @ts-expect-error: the path names no such part.
      agi.params.nmae
    })
    .route('queue/:queue/:position/*', (agi) => {
      expectType<Equal<keyof typeof agi.params, 'queue' | 'position' | '*'>>()
    })
    .route('hello', (agi) => {
      // @ts-expect-error: the path names nothing.
      agi.params.name
    })
    .route(path, (agi) => {
      expectType<Equal<typeof agi.params, Readonly<Record<string, string>>>>()
    })
    .routeDefault((agi) => agi.params.anything)

  // What a script returns does not matter.
  server.route('a', async (agi) => agi.streamFile('hello'))
  server.route('b', (agi) => agi.hangup())
  server.route('c', () => 7)
  new AsyncAGIExecutor(ami, async (agi) => agi.streamFile('hello'))

  // A script for any path answers any path; one for a path with parts only that.
  const any: AGIScript = (agi) => agi.params.name
  const named = (agi: AGISession<{ readonly name: string }>) => agi.setVariable('NAME', agi.params.name)
  new AGIRouter().route('x/:name', any).route('x', any).route('y/:name', named)
  // @ts-expect-error: the path does not name what the script reads.
  new AGIRouter().route('y/:other', named)
}

export async function menus(agi: AGISession): Promise<void> {
  const chosen = await agi.menu('menu', { '1': () => 'sales', '2': async () => 2, '#': () => undefined })
  expectType<Equal<typeof chosen, string | number | undefined>>()
  // @ts-expect-error: a choice is a function.
  await agi.menu('menu', { '1': 'sales' })
}

export async function events(ami: AMIClient, signal: AbortSignal): Promise<void> {
  const all = ami.events({ signal, where: (event) => event.get('Channel') !== undefined })
  expectType<Equal<typeof all, EventStream<AMIEvent<string>>>>()
  const withGaps = ami.events({ withGaps: true })
  expectType<Equal<typeof withGaps, EventStream<AMIEvent<string> | Gap>>>()
  // @ts-expect-error: there is no such option.
  ami.events({ buffer: 5 })

  ami.onEvent(['Newchannel', 'Hangup'], (event) => {
    if (event.name === 'Hangup') expectType<Equal<typeof event, AMIEvent<'Hangup'>>>()
    else expectType<Equal<typeof event, AMIEvent<'Newchannel'>>>()
  })
  ami.onEvent(['Hangup', unlisted('VendorThing')], (event) => {
    expectType<Equal<typeof event.name, 'Hangup' | 'VendorThing'>>()
  })
  // @ts-expect-error: there is no such event.
  ami.onEvent(['Hangup', 'NewExten'], () => undefined)
}

export function urls(env: Readonly<Record<string, string | undefined>>): void {
  new AMIClient('amis://crm:s3cret@pbx:5039?events=call,agent')
  new AMIClient(new URL('ami://crm:s3cret@pbx'))
  new AMIClient({ url: 'ami://pbx', username: 'crm', secret: 's3cret', tls: { servername: 'pbx' } })
  // @ts-expect-error: there is no such option.
  new AMIClient({ url: 'ami://pbx', user: 'crm' })
  // @ts-expect-error: without a URL a user is needed.
  new AMIClient({ host: 'pbx' })
  const client = AMIClient.fromEnvironment(env)
  expectType<Equal<typeof client, AMIClient>>()
  AMIClient.fromEnvironment()
  // @ts-expect-error: a variable is text.
  AMIClient.fromEnvironment({ AMI_PORT: 5038 })

  new WebClient('wss://crm:s3cret@pbx/ami?protocols=binary')
  new WebClient({ url: 'wss://pbx/ami', username: 'crm', secret: 's3cret' })
  // @ts-expect-error: without a URL a connector is needed.
  new WebClient({ username: 'crm', secret: 's3cret' })
}

export function errors(error: unknown): string {
  if (isAMIError(error, 'CONNECTION_LOST')) expectType<Equal<typeof error, ConnectionLostError>>()
  if (isAMIError(error, 'WAIT_TIMEOUT')) expectType<Equal<typeof error.gaps, number>>()
  if (isCallError(error, 'CALL_FAILED')) expectType<Equal<typeof error.outcome, CallOutcome>>()
  if (isAGIError(error, 'AGI_SYNTAX')) expectType<Equal<typeof error.usage, string>>()
  // @ts-expect-error: no error of the client has this code.
  isAMIError(error, 'AGI_SYNTAX')
  if (isAMIError(error)) expectType<Equal<typeof error, AnyAMIError>>()
  if (!isAMIError(error)) return ''
  switch (error.code) {
    case 'ACTION_FAILED':
      return error.response.message
    case 'ACTION_TIMEOUT':
    case 'CONNECTION_LOST':
    case 'CLOSED':
      return error.sent
    case 'WAIT_TIMEOUT':
      // @ts-expect-error: nothing was sent.
      return error.sent
    case 'AUTHENTICATION_FAILED':
      return error.response.message
    case 'CONNECTION_FAILED':
    case 'PROTOCOL_ERROR':
      return String(error.retryable)
    case 'INVALID_ACTION':
      return error.message
    case 'STREAM_OVERFLOW':
      return String(error.maxBuffered)
    default:
      expectType<Equal<typeof error, never>>()
      return error
  }
}

export function traces(ami: AMIClient, server: FastAGIServer, executor: AsyncAGIExecutor): void {
  const stop = trace(ami, (text) => expectType<Equal<typeof text, string>>())
  expectType<Equal<typeof stop, () => void>>()
  trace(server, (message) => expectType<Equal<typeof message, TracedMessage>>(), { format: 'object' })
  trace(executor, (text) => text.length, { format: 'text', encoding: undefined })
  server.route('x', (agi) => trace(agi, console.error))
  // @ts-expect-error: there is no such format.
  trace(ami, () => undefined, { format: 'json' })
  // @ts-expect-error: only what speaks to Asterisk can be traced.
  trace({}, () => undefined)
}

export async function closing(ami: AMIClient, agi: AGISession): Promise<void> {
  await using server = new FastAGIServer({ port: 0 })
  const { port } = await server.listen()
  expectType<Equal<typeof port, number>>()
  await server.close({ timeoutMs: 1_000 })
  await server.close({ withinMs: 1_000 })
  await using executor = new AsyncAGIExecutor(ami, () => undefined)
  await executor.close({ timeoutMs: undefined })
  await using _calls = new CallManager(ami)
  await using _events = ami.events()
  // @ts-expect-error: there is no such option.
  await server.close({ afterMs: 1_000 })
  expectType<Equal<typeof agi.env.callerNumber, string>>()
  expectType<Equal<typeof agi.env.exten, string>>()
  expectType<Equal<typeof agi.env.isNetwork, boolean>>()
}

export function originations(calls: CallManager, data: string | undefined): void {
  const channel = 'PJSIP/1'
  calls.originate({ channel, context: 'default', exten: '200', application: undefined })
  calls.originate({ channel, application: 'Playback', data, context: undefined })
  const requests: OriginateRequest[] = [{ channel, application: 'Echo' }]
  requests.push({ channel, context: 'default', exten: '200', priority: 'label' })
  for (const request of requests) calls.originate({ ...request, timeoutMs: 5_000 })
  // @ts-expect-error: nothing is said of what it runs.
  calls.originate({ channel })
  // @ts-expect-error: an extension is in a context.
  calls.originate({ channel, exten: '200' })
  // @ts-expect-error: it runs one or the other.
  calls.originate({ channel, context: 'default', exten: '200', application: 'Echo' })
  // @ts-expect-error: data is an application's.
  calls.originate({ channel, context: 'default', exten: '200', data: 'hello' })
  // @ts-expect-error: an application has no priority.
  calls.originate({ channel, application: 'Echo', priority: 1 })
}

export async function undefinedOptions(
  ami: AMIClient,
  agi: AGISession,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  await ami.login({ timeoutMs: undefined, signal: undefined })
  await ami.sendAction('Ping', {}, { timeoutMs: undefined, priority: undefined })
  await ami.waitFor('Hangup', { timeoutMs: undefined })
  ami.events('Hangup', { maxBuffered: undefined, overflow: undefined })
  await agi.getData('enter', { timeoutMs: undefined, maxDigits: undefined })
  await agi.prompt('enter', { attempts: undefined, invalid: env.INVALID })
  new FastAGIServer({ host: env.HOST, port: undefined, limits: { maxReplyBytes: undefined } })
  new CallManager(ami, { maxConcurrentCalls: undefined }).originate({ channel: 'PJSIP/1', application: 'Wait', data: env.DATA })
  // @ts-expect-error: null is no option.
  await ami.login({ timeoutMs: null })
}

export function listeners(ami: AMIClient, server: FastAGIServer): void {
  ami.on('warning', (message) => expectType<Equal<typeof message, string>>())
  // @ts-expect-error: there is no such name.
  ami.on('foo', () => undefined)
  // @ts-expect-error: there is no such name.
  server.on('foo', () => undefined)
}

export function ownMessages(name: string): void {
  const hangup = AMIEvent.from({
    Event: 'Hangup',
    Channel: 'PJSIP/1',
    Cause: 17,
    ChanVariable: ['A=1', 'B=2'],
    Uniqueid: undefined,
  })
  expectType<Equal<typeof hangup, AMIEvent<'Hangup'>>>()
  const vendor = AMIEvent.from({ Event: unlisted('VendorThing'), Anything: true })
  expectType<Equal<typeof vendor, AMIEvent<'VendorThing'>>>()
  AMIEvent.from({ Event: unlisted('Hangup'), NewIn99: 1 })
  // @ts-expect-error: there is no such event.
  AMIEvent.from({ Event: 'Hangupp' })
  // @ts-expect-error: there is no such header.
  AMIEvent.from({ Event: 'Hangup', Chanel: 'PJSIP/1' })
  // @ts-expect-error: a header is a text, a number or a boolean.
  AMIEvent.from({ Event: 'Hangup', Channel: new Date() })
  // @ts-expect-error: it has no name.
  AMIEvent.from({ Channel: 'PJSIP/1' })
  // @ts-expect-error: any text is too much; unlisted() says that it is meant.
  AMIEvent.from({ Event: name })
  // @ts-expect-error: only from() makes one.
  new AMIEvent('Hangup', {})

  const pong = AMIResponse.from({ Response: 'Success', Ping: 'Pong' })
  expectType<Equal<typeof pong, AMIResponse>>()
  AMIResponse.from<'QueueStatus'>(
    { Response: 'Success' },
    { events: [AMIEvent.from({ Event: 'QueueParams', Queue: 'support' })] },
  )
  // @ts-expect-error: such an event is not in that list.
  AMIResponse.from<'QueueStatus'>({ Response: 'Success' }, { events: [hangup] })
  // @ts-expect-error: Response is missing.
  AMIResponse.from({ Message: 'Pong' })
  // @ts-expect-error: only from() makes one.
  new AMIResponse({})
}

export function fakes(pbx: FakeAsterisk, name: string): void {
  pbx.use(
    action('Originate', () => failure('busy')),
    action({ name: 'Originate', headers: { Channel: /^PJSIP/, Async: 'true' } }, () => success()),
    action(
      (request) => request.get('AnyHeader') === '9',
      () => success(),
    ),
    action(unlisted('QueueTune'), () => success()),
    action({ name: unlisted('QueueTune'), headers: { Speed: 3 } }, () => success()),
    action({ name: unlisted(name) }, () => success()),
  )
  // @ts-expect-error: there is no such action.
  action('Originat', () => success())
  // @ts-expect-error: there is no such action.
  action({ name: 'Originat' }, () => success())
  // @ts-expect-error: there is no such parameter.
  action({ name: 'Originate', headers: { Chanel: /^PJSIP/ } }, () => success())
  // @ts-expect-error: any text is too much; unlisted() says that it is meant.
  action(name, () => success())

  pbx.emit('Hangup', { Channel: 'PJSIP/1', Cause: 16, 'Cause-txt': 'Normal Clearing' })
  pbx.emit('Hangup', [['AnyHeader', 1]])
  pbx.emit('FullyBooted')
  pbx.emit(unlisted('VendorThing'), { Anything: 1, Twice: ['a', 'b'] })
  // @ts-expect-error: there is no such event.
  pbx.emit('Hangupp', { Channel: 'PJSIP/1' })
  // @ts-expect-error: there is no such header.
  pbx.emit('Hangup', { Chanel: 'PJSIP/1' })

  event('QueueMember', { Queue: 'support', Paused: 0 })
  event(unlisted('TeaPoured'), { Cups: 2 })
  // @ts-expect-error: there is no such event.
  event('QueueMemberr')
  // @ts-expect-error: there is no such header.
  event('QueueMember', { Queu: 'support' })
  action('QueueStatus', (_request, client) => {
    // @ts-expect-error: there is no such header.
    client.emit('Hangup', { Chanel: 'PJSIP/1' })
    return success()
  })
}
