import { ChannelView } from './channel-view.js'
import type { ConferenceRecord, ParticipantRecord } from './state/records.js'
import { dateOf, View } from './view.js'

/** Who is in a conference. */
export class Participant extends ChannelView<ParticipantRecord> {
  /** The name of the conference. */
  get conference(): string {
    return this.record.conference
  }

  get isAdmin(): boolean {
    return this.record.isAdmin
  }

  /** Whether the conference waits for them, or ends with them. Of one who has just come it is known after the next reading. */
  get isMarked(): boolean {
    return this.record.isMarked
  }

  get isMuted(): boolean {
    return this.record.isMuted
  }

  get joinedAt(): Date {
    return dateOf(this.record.joinedAt)
  }

  /** @throws what `sendAction` throws. */
  async mute(): Promise<void> {
    await this.host.ami.sendAction('ConfbridgeMute', this.#place)
  }

  /** @throws what `sendAction` throws. */
  async unmute(): Promise<void> {
    await this.host.ami.sendAction('ConfbridgeUnmute', this.#place)
  }

  /** @throws what `sendAction` throws. */
  async kick(): Promise<void> {
    await this.host.ami.sendAction('ConfbridgeKick', this.#place)
  }

  get #place() {
    return { Conference: this.conference, Channel: this.channel }
  }
}

/** A conference of ConfBridge. It is there as long as somebody is in it. */
export class Conference extends View<ConferenceRecord> {
  readonly #participants = new Map<string, Participant>()

  get name(): string {
    return this.record.name
  }

  /** Whether only admins can enter. No event tells it: what others do is known after the next reading. */
  get isLocked(): boolean {
    return this.record.isLocked
  }

  /** Who is in it, by `Uniqueid`. */
  get participants(): ReadonlyMap<string, Participant> {
    return this.#participants
  }

  /** @throws what `sendAction` throws. */
  async lock(): Promise<void> {
    await this.host.ami.sendAction('ConfbridgeLock', { Conference: this.name })
    this.host.conferencesChanged()
  }

  /** @throws what `sendAction` throws. */
  async unlock(): Promise<void> {
    await this.host.ami.sendAction('ConfbridgeUnlock', { Conference: this.name })
    this.host.conferencesChanged()
  }

  /** @internal */
  setParticipant(uniqueId: string, participant: Participant | undefined): void {
    if (participant === undefined) this.#participants.delete(uniqueId)
    else this.#participants.set(uniqueId, participant)
  }
}
