import { small } from './in-little-room.js'
import { PARTY_TABLE, type PartySignal, type PartyState } from './party-table.js'

/** The call of a party: a `Call`. */
export interface PartyCall {
  readonly id: string
}

/**
 * A device in a call: a telephone, or a line of a trunk. Local channels, announcers, recorders, spies and other channels that Asterisk makes for
 * itself are no parties. What is said of it stays readable after the end.
 */
export interface Party {
  /** `Uniqueid` of its channel. */
  readonly uniqueId: string
  /** Its channel's name: `PJSIP/200-0000002a`. */
  readonly channel: string
  /** Technology and resource, the channel's name without the part that is each channel's own: `PJSIP/200`. */
  readonly endpoint: string
  /** Its number as it is now; empty if Asterisk knows none. `call.callerNumber` is what the caller's was at first. */
  readonly number: string
  /** Its name as it is now. */
  readonly name: string
  /** Whether its number is withheld: `anonymous`, or sent with presentation prohibited. */
  readonly isWithheld: boolean
  /** Who began the call, or who was called. */
  readonly role: 'caller' | 'called'
  /** When its channel was made. Of a channel that lived before it was seen: by the server's `Duration`, which is whole seconds. */
  readonly startedAt: Date
  /** When it began to ring there; this and the times below are undefined too where nobody saw when. */
  readonly ringingAt: Date | undefined
  /** When its channel went Up. */
  readonly answeredAt: Date | undefined
  /** When its channel hung up. */
  readonly endedAt: Date | undefined
  /** Q.850 cause of its own channel's Hangup; undefined before, and where Asterisk gave none. */
  readonly cause: number | undefined
  /** What Asterisk calls the cause. */
  readonly causeText: string | undefined
  /** The technology's own cause, such as SIP's 486; only where Asterisk sends `TechCause` (22). */
  readonly techCause: string | undefined
  /** How its own dialling went: Asterisk's `DialStatus` (`ANSWER`, `BUSY` …). */
  readonly dialStatus: string | undefined
  /** Whether it put the others on hold. */
  readonly isHeld: boolean
  readonly call: PartyCall
}

/** Why a channel hung up; cause 0 tells nothing. */
export interface Hangup {
  readonly cause: number
  readonly causeText: string
  readonly techCause: string | undefined
}

/** Numbers that stand for none. */
const WITHHELD = ['anonymous', 'restricted', 'withheld', 'unavailable']

/** A party as it is written: by the events of its channel. No clock, no I/O. */
export class PartyRecord implements Party {
  uniqueId: string
  channel: string
  number = ''
  name = ''
  isWithheld = false
  role: 'caller' | 'called'
  /** On which side of the call: `a` is the originated channel's or the caller's, `b` is what that one had dialled. */
  leg: 'a' | 'b'
  /** The number of the last talk it took part in; -1 for none. */
  talk = -1
  hangup: Hangup | undefined
  dialStatus: string | undefined
  /** Whether its channel was up at some time. */
  hasAnswered = false
  readonly startedMs: number
  // After the start, in milliseconds: small numbers take less room.
  #ringing: number | undefined
  #answered: number | undefined
  #ended: number | undefined
  #state: PartyState = 'new'
  /** Whose it is: `facade` is what users see of the call. */
  #owner: { readonly facade: PartyCall }

  constructor(
    channel: { readonly uniqueId: string; readonly name: string },
    role: 'caller' | 'called',
    leg: 'a' | 'b',
    owner: { readonly facade: PartyCall },
    startedMs: number,
  ) {
    this.uniqueId = channel.uniqueId
    this.channel = channel.name
    this.role = role
    this.leg = leg
    this.#owner = owner
    this.startedMs = startedMs
  }

  get state(): PartyState {
    return this.#state
  }

  get endpoint(): string {
    return endpointOf(this.channel)
  }

  get startedAt(): Date {
    return new Date(this.startedMs)
  }

  get ringingAt(): Date | undefined {
    return this.#date(this.#ringing)
  }

  get answeredAt(): Date | undefined {
    return this.#date(this.#answered)
  }

  get endedAt(): Date | undefined {
    return this.#date(this.#ended)
  }

  /** Whether it rang there, or its channel was up, at some time that was seen. */
  get hasRung(): boolean {
    return this.#ringing !== undefined || this.hasAnswered
  }

  get cause(): number | undefined {
    return this.hangup?.cause || undefined
  }

  get causeText(): string | undefined {
    return this.hangup?.causeText || undefined
  }

  get techCause(): string | undefined {
    return this.hangup?.techCause
  }

  get isHeld(): boolean {
    return this.#state === 'held'
  }

  get call(): PartyCall {
    return this.#owner.facade
  }

  /** Moves on in the table. False when the table knows no such move. `atMs` is undefined where nobody saw when. */
  signal(signal: PartySignal, atMs: number | undefined): boolean {
    const next = PARTY_TABLE[this.#state][signal]
    if (next === undefined) return false
    this.#state = next
    if (signal === 'answers') this.hasAnswered = true
    if (atMs === undefined) return true
    const afterMs = small(atMs - this.startedMs)
    if (signal === 'rings') this.#ringing = afterMs
    if (signal === 'answers') this.#answered = afterMs
    if (signal === 'hangsUp') this.#ended = afterMs
    return true
  }

  /** Two calls became one: it is another call's now. */
  moveTo(owner: { readonly facade: PartyCall }): void {
    this.#owner = owner
    this.talk = -1
  }

  /** Who they are, as an event says it. */
  identify(number: string, name: string, presentation: string | undefined): void {
    this.number = number
    this.name = name
    if (presentation !== undefined) this.isWithheld = isProhibited(presentation)
    if (isNoNumber(number)) this.isWithheld = true
  }

  /** All that is said of it, but for its call. */
  toJSON(): object {
    const { uniqueId, channel, endpoint, number, name, isWithheld, role, isHeld, startedAt, ringingAt, answeredAt, endedAt } =
      this
    const { cause, causeText, techCause, dialStatus } = this
    const who = { uniqueId, channel, endpoint, number, name, isWithheld, role, isHeld }
    return { ...who, startedAt, ringingAt, answeredAt, endedAt, cause, causeText, techCause, dialStatus }
  }

  #date(afterMs: number | undefined): Date | undefined {
    return afterMs === undefined ? undefined : new Date(this.startedMs + afterMs)
  }
}

/** Technology and resource of a channel's name: what follows the last `-` is the channel's own. */
export function endpointOf(channel: string): string {
  const end = channel.lastIndexOf('-')
  return end < 0 ? channel : channel.slice(0, end)
}

/** Whether a number is a word that stands for a withheld one. */
function isNoNumber(number: string): boolean {
  return WITHHELD.includes(number.toLowerCase())
}

/** Bits 5 and 6 of `CID-CallingPres`, `33 (Presentation Prohibited, User Number, Passed Screen)`: 01 is prohibited (`main/callerid.c`). */
function isProhibited(presentation: string): boolean {
  return (Number.parseInt(presentation, 10) & 0x60) === 0x20
}
