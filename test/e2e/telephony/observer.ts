import { AMIClient, type Call, CallManager, type OriginateRequest } from 'obelus-asterisk'
import { FaultProxy } from '../fault-proxy.js'
import { CallCollection, type ObservedCall } from './observed-call.js'
import type { PBX } from './pbx.js'
import type { OurProgram } from './script.js'

/** How the product looks at a play. */
export type Mode = 'plain' | 'filters' | 'cut' | 'restart'

/** The product at work: a client, a manager and the calls that it tells of. */
export class Observer implements OurProgram {
  readonly #proxy: FaultProxy
  #ami: AMIClient
  #calls: CallManager
  #collection: CallCollection
  /** The first channels of calls that were begun through this one. */
  readonly #ours = new Set<string>()

  private constructor(proxy: FaultProxy, ami: AMIClient, calls: CallManager) {
    this.#proxy = proxy
    this.#ami = ami
    this.#calls = calls
    this.#collection = new CallCollection(calls)
  }

  static async open(pbx: PBX, { filters = false }: { readonly filters?: boolean } = {}): Promise<Observer> {
    const proxy = await FaultProxy.open({ host: '127.0.0.1', port: pbx.port })
    const observer = new Observer(proxy, ...(await connected(proxy)))
    if (filters) await observer.#calls.setupFilters()
    return observer
  }

  get ours(): ReadonlySet<string> {
    return this.#ours
  }

  originate(request: OriginateRequest): void {
    this.#began(this.#calls.originate(request))
  }

  clickToCall(from: string, to: string): void {
    this.#began(this.#calls.clickToCall(from, to, { context: 'internal' }))
  }

  async transfer(channel: string, exten: string, { attended }: { readonly attended: boolean }): Promise<void> {
    await isUpToDate(this.#ami)
    const call = this.#calls.trackedCalls.find((each) => each.parties.some((party) => party.channel === channel))
    if (call === undefined) throw new Error(`no call has ${channel}`)
    await call.transfer(exten, { attended, context: 'internal' })
  }

  /** The connection breaks and cannot be made again, until it is mended. What happened before is known by then. */
  async cut(): Promise<void> {
    await isUpToDate(this.#ami)
    await this.#proxy.refuse()
  }

  async mend(): Promise<void> {
    await this.#proxy.listen()
    for await (const { state } of this.#ami.statusChanges()) if (state === 'online') break
    await isUpToDate(this.#ami)
  }

  /** The program ends, and another one begins. */
  async restart(): Promise<void> {
    await isUpToDate(this.#ami)
    await this.#ami.close()
    ;[this.#ami, this.#calls] = await connected(this.#proxy)
    this.#collection = new CallCollection(this.#calls)
  }

  /** What it tells of the calls with these channels, or of all, when all of them are over. */
  async callsOf(ids?: ReadonlySet<string>): Promise<ObservedCall[]> {
    await isUpToDate(this.#ami)
    return this.#collection.take(ids)
  }

  #began(call: Call): void {
    this.#ours.add(call.id)
    this.#collection.add(call)
  }

  async close(): Promise<void> {
    this.#calls.close()
    await this.#ami.close()
    await this.#proxy.close()
  }
}

/** A client whose manager knows what is going on. */
async function connected(proxy: FaultProxy): Promise<[AMIClient, CallManager]> {
  const reconnect = { initialDelayMs: 20, maxDelayMs: 100 }
  const ami = new AMIClient({ host: '127.0.0.1', port: proxy.port, username: 'admin', secret: 's3cret', reconnect })
  await ami.login()
  const calls = new CallManager(ami, { trunks: [/^PJSIP\/trunk\d$/] })
  await isUpToDate(ami)
  return [ami, calls]
}

/**
 * Waits until the product has all that the server said so far: an answer may overtake one event, the next does not. And a manager that is new to the
 * connection has read the live channels, for which it asks twice.
 */
async function isUpToDate(ami: AMIClient): Promise<void> {
  for (let asked = 0; asked < 4; asked += 1) await ami.sendAction('Ping')
}
