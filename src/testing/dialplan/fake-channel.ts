import { CHANNEL_STATES } from '../../catalog/channel-states.js'
import type { CallerId } from '../../core/caller-id.js'
import { type Deferred, deferred } from '../../core/deferred.js'
import type { HeaderPairs } from '../handlers.js'
import type { DialFailure } from './dial-failure.js'
import type { FakeBridge } from './fake-bridge.js'

/** `ChannelState`. */
export const STATE = { down: 0, ring: 4, ringing: 5, up: 6, busy: 7 } as const

/** Somebody who dials a channel and waits for what it does. */
export interface Dialing {
  /** The channel that dials; an Originate has none. */
  readonly dialer: FakeChannel | undefined
  /** The channel is there, and is called now. */
  begins?(): void
  ringing(): void
  answered(): void
  failed(failure: DialFailure): void
}

/** A channel of the fake. */
export class FakeChannel {
  readonly name: string
  readonly uniqueId: string
  readonly linkedId: string
  readonly variables = new Map<string, string>()
  state: number
  context: string
  exten: string
  callerIdNum: string
  callerIdName: string
  /** Whom the channel is connected with, or will be. */
  connectedNum = ''
  connectedName = ''
  accountCode = ''
  language = 'en'
  priority = 1
  application = ''
  applicationData = ''
  /** The other half of a Local channel. */
  otherHalf: FakeChannel | undefined
  /** Whether it runs a dialplan; a telephone that is called, and half of a Local channel before it is answered, do not. */
  runsDialplan = false
  /** The dialling that made it, until it was answered or given up. */
  dialing: Dialing | undefined
  bridge: FakeBridge<FakeChannel> | undefined
  isGone = false
  /** Resolves when it is gone. */
  readonly gone: Deferred<void> = deferred()
  /** Ends what it waits for in the dialplan. */
  cancel: () => void = () => undefined
  /** Takes back the longest time that it may live. */
  cancelTimeout: () => void = () => undefined
  /** How many recordings of it run. */
  recordings = 0
  /** Ends what its telephone waits for. */
  cancelPhone: () => void = () => undefined
  /** The cause that an application left, for a hangup that has none of its own. */
  cause = 0
  /** The cause it hangs up with, whatever it is hung up with: what Busy and Congestion leave. */
  ownCause: number | undefined
  readonly createdAtMs: number

  constructor(facts: {
    readonly name: string
    readonly uniqueId: string
    readonly linkedId: string
    readonly state: number
    readonly context: string
    readonly exten: string
    readonly callerIdNum: string
    readonly callerIdName: string
    readonly createdAtMs: number
  }) {
    this.name = facts.name
    this.uniqueId = facts.uniqueId
    this.linkedId = facts.linkedId
    this.state = facts.state
    this.context = facts.context
    this.exten = facts.exten
    this.callerIdNum = facts.callerIdNum
    this.callerIdName = facts.callerIdName
    this.createdAtMs = facts.createdAtMs
  }

  set caller({ number, name }: CallerId) {
    this.callerIdNum = number
    this.callerIdName = name
  }

  isCalled({ number, name }: CallerId): boolean {
    return this.callerIdNum === number && this.callerIdName === name
  }

  /** The headers of a channel in an event; with `Dest` or another prefix, those of a second channel. */
  headers(prefix = ''): HeaderPairs {
    const headers: HeaderPairs = [
      ['Channel', this.name],
      ['ChannelState', this.state],
      ['ChannelStateDesc', CHANNEL_STATES[this.state]],
      ['CallerIDNum', this.callerIdNum || '<unknown>'],
      ['CallerIDName', this.callerIdName || '<unknown>'],
      ['ConnectedLineNum', this.connectedNum || '<unknown>'],
      ['ConnectedLineName', this.connectedName || '<unknown>'],
      ['Language', this.language],
      ['AccountCode', this.accountCode],
      ['Context', this.context],
      ['Exten', this.exten],
      ['Priority', this.priority],
      ['Uniqueid', this.uniqueId],
      ['Linkedid', this.linkedId],
    ]
    return headers.map(([name, value]) => [`${prefix}${name}`, value])
  }
}
