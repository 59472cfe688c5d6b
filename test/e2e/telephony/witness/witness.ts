import { setTimeout as delay } from 'node:timers/promises'
import { factsOfEvent } from '../../../support/reference/ami-facts.js'
import { ReferenceModel } from '../../../support/reference/reference-model.js'
import type { PBX } from '../pbx.js'
import { AMIRecording } from './ami-recording.js'
import { type CallDetail, CallDetails } from './cdr.js'
import { type CELEvent, ChannelEventLog } from './cel.js'
import { factsOfCEL } from './cel-facts.js'

/** What was seen of one play in one office, by three who do not know each other. */
export interface Testimony {
  /** By the manager's events. */
  readonly events: ReferenceModel
  /** By the Channel Event Log. */
  readonly log: ReferenceModel
  /** The Call Detail Records of its channels. */
  readonly details: readonly CallDetail[]
}

const GUARD_MS = 20_000

/** Watches a PBX without any help of the product: the raw manager events, CEL and CDR. */
export class Witness {
  readonly recording: AMIRecording
  readonly #log: ChannelEventLog
  readonly #details: CallDetails

  private constructor(pbx: PBX, recording: AMIRecording) {
    this.recording = recording
    this.#log = new ChannelEventLog(pbx)
    this.#details = new CallDetails(pbx)
  }

  static async open(pbx: PBX): Promise<Witness> {
    return new Witness(pbx, await AMIRecording.open(pbx))
  }

  /**
   * Waits until all is over in an office and written down, and says what was seen since it was forgotten last. A phone hears of an end before
   * the manager does: so it waits for this many calls at least.
   */
  async testimony(office: number, calls: number): Promise<Testimony> {
    await this.#isOver(office, calls)
    const ids = new Set(this.#model(office).channels.keys())
    const lines = await this.#written(ids)
    await this.#detailsAreWritten(office)
    // A few events come behind the end of their channel, but not behind what was asked after it.
    return {
      events: this.#model(office),
      log: new ReferenceModel().take(factsOfCEL(lines)),
      details: this.#details.read().filter(({ uniqueId }) => ids.has(uniqueId)),
    }
  }

  forget(office: number): void {
    this.recording.forget(office)
  }

  close(): void {
    this.recording.close()
  }

  #model(office: number): ReferenceModel {
    const wire = this.recording
      .eventsOf(office)
      .map(({ name, fields }) => ({ name, get: (header: string) => fields.get(header) }))
    return new ReferenceModel().take(wire.flatMap((event) => factsOfEvent(event, 0)))
  }

  async #isOver(office: number, calls: number): Promise<void> {
    const look = () => {
      const events = this.recording.eventsOf(office)
      const named = (name: string) =>
        events.filter((event) => event.name === name).map(({ fields }) => fields.get('uniqueid') ?? '')
      const ended = new Set(named('Hangup'))
      const isSilent = named('Newchannel').every((id) => ended.has(id))
      return (isSilent && this.#model(office).calls.length >= calls) || undefined
    }
    await this.recording.facts.until(look, `office ${office} is silent`, GUARD_MS)
  }

  /** The log of these channels, as soon as it has the end of each. */
  async #written(ids: ReadonlySet<string>): Promise<readonly CELEvent[]> {
    for (const deadline = Date.now() + GUARD_MS; ; await delay(20)) {
      const lines = this.#log.read().filter(({ uniqueId }) => ids.has(uniqueId))
      const ended = new Set(lines.filter(({ type }) => type === 'CHAN_END').map(({ uniqueId }) => uniqueId))
      if (ended.size === ids.size) return lines
      if (Date.now() > deadline) throw new Error(`CEL has the end of ${ended.size} channels, the manager of ${ids.size}`)
    }
  }

  /** A record is written when its channel is no longer among the active ones. */
  async #detailsAreWritten(office: number): Promise<void> {
    const own = new RegExp(`(PJSIP/(trunk)?|Local/[a-z]?)${office}`)
    for (const deadline = Date.now() + GUARD_MS; ; await delay(20)) {
      const { fields } = await this.recording.ask('Command', { Command: 'cdr show active' })
      if (!own.test(fields.get('output') ?? '')) return
      if (Date.now() > deadline) throw new Error(`CDR still has channels of office ${office} as active`)
    }
  }
}
