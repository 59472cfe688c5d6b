import { AMIClient, type AMIEvent, CallManager, type EventName, type EventOf } from 'obelus-asterisk'

// What is inferred here must have a name that declarations can be written with.
export const makeClient = (host: string) => new AMIClient({ host, username: 'admin', secret: 's3cret' })
export const makeCalls = (host: string) => new CallManager(makeClient(host))
export const stream = (host: string) => makeClient(host).events(['Hangup', 'Newchannel'], { withGaps: true })
export const listing = (host: string) => makeClient(host).listAction('QueueStatus', { Queue: 'support' })
export const agents = (host: string) => makeClient(host).sendAction('Agents')
export const outcome = (host: string) => makeCalls(host).originate({ channel: 'PJSIP/1', application: 'Echo' }).ended()
export const status = (host: string) => makeClient(host).statusChanges()

export function on<const Name extends EventName>(ami: AMIClient, name: Name, listener: (event: EventOf<Name>) => void) {
  return ami.onEvent(name, listener)
}

export class Board {
  readonly #ami: AMIClient
  last: AMIEvent | undefined

  constructor(ami: AMIClient) {
    this.#ami = ami
  }

  start() {
    return this.#ami.onEvent('*', (event) => {
      this.last = event
    })
  }
}
