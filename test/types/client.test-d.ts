/** What the compiler must infer and refuse; checked by the type check alone. */
import {
  AMIClient,
  type AMIEvent,
  type AMIResponse,
  AsyncAGIExecutor,
  CallManager,
  type ConnectionStatus,
  type EventStream,
  type Gap,
  type ManagerConnection,
} from 'obelus-asterisk'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const expectType = <_Holds extends true>(): void => undefined

export async function inference(ami: AMIClient): Promise<void> {
  const one = ami.events('Hangup')
  expectType<Equal<typeof one, EventStream<AMIEvent<'Hangup'>>>>()
  // @ts-expect-error: a stream is read, not fed.
  one.push('x')

  const two = ami.events(['Newchannel', 'Hangup'])
  expectType<Equal<typeof two, EventStream<AMIEvent<'Newchannel'> | AMIEvent<'Hangup'>>>>()
  for await (const event of two) {
    if (event.name === 'Hangup') expectType<Equal<typeof event, AMIEvent<'Hangup'>>>()
    else expectType<Equal<typeof event, AMIEvent<'Newchannel'>>>()
  }

  const all = ami.events()
  expectType<Equal<typeof all, EventStream<AMIEvent<string>>>>()

  const withGaps = ami.events('Hangup', { withGaps: true })
  expectType<Equal<typeof withGaps, EventStream<AMIEvent<'Hangup'> | Gap>>>()

  const found = await ami.waitFor(['Hangup', 'Newchannel'], { where: (event) => event.name === 'Hangup' })
  expectType<Equal<typeof found.name, 'Hangup' | 'Newchannel'>>()

  ami.onEvent('Hangup', (event) => {
    expectType<Equal<typeof event, AMIEvent<'Hangup'>>>()
  })

  const response = await ami.sendAction('Originate', {
    Channel: 'PJSIP/1',
    Async: true,
    Priority: 1,
    Data: undefined,
  })
  expectType<Equal<typeof response, AMIResponse<'Originate'>>>()
  expectType<Equal<typeof response.type, 'success' | 'error' | 'goodbye' | 'follows'>>()

  const status: ConnectionStatus = ami.status
  if (status.state === 'waiting') expectType<Equal<typeof status.retryAt, Date>>()
  // @ts-expect-error: only `waiting` and `failed` have a reason.
  status.reason

  // @ts-expect-error: null is no value of a header.
  await ami.sendAction('Command', { Command: null })
  // @ts-expect-error: there is no such option.
  ami.events('Hangup', { buffer: 5 })
  // @ts-expect-error: a secret is needed.
  new AMIClient({ username: 'admin' })
}

/** A connection by hand, which has none of its own. */
export function byHand(events: EventStream<never>, stop: () => void): ManagerConnection {
  const own: ManagerConnection = {
    status: { state: 'online', since: new Date(0), apiVersion: '11.0.0' },
    sendAction: (name, ..._args) => Promise.reject(new Error(`${name} goes nowhere`)),
    listAction: () => events,
    command: async (command) => [command],
    events: () => events,
    waitFor: (names) => Promise.reject(new Error(`${names} never comes`)),
    onEvent: () => stop,
    on: () => stop,
    statusChanges: () => events,
    setupFilters: async () => undefined,
    report: () => undefined,
    warn: () => undefined,
  }
  new CallManager(own).close()
  new AsyncAGIExecutor(own, (agi) => agi.hangup()).unbind()
  return own
}

export async function narrowed(ami: AMIClient, own: ManagerConnection): Promise<void> {
  for (const each of [ami, own]) {
    const stream = each.events('Hangup', { withGaps: true })
    expectType<Equal<typeof stream, EventStream<AMIEvent<'Hangup'> | Gap>>>()
  }
  // @ts-expect-error: only a client can close its connection.
  own.close()
}
