import { HANGUP_CAUSES } from '../../catalog/hangup-causes.js'
import type { CallerId } from '../../core/caller-id.js'
import type { Clock } from '../../core/clock.js'
import type { HeaderPairs } from '../handlers.js'
import { channelVariable, functionSetting } from './channel-variables.js'
import { Devices, type FakeDeviceState } from './devices.js'
import { type DialFailure, dialStatusOf } from './dial-failure.js'
import { type BridgeKind, FakeBridge } from './fake-bridge.js'
import { type Dialing, FakeChannel, STATE } from './fake-channel.js'
import { NORMAL_CLEARING } from './plan.js'

/** What a switchboard needs from its fake. */
export interface SwitchboardHost {
  readonly clock: Clock
  readonly version: 16 | 22
  emit(name: string, headers: HeaderPairs): void
  /** What a global variable, or a function of no channel, gives. */
  globalValue(name: string): string | undefined
  /** False for a function that cannot be set. */
  setGlobalValue(name: string, value: string): boolean
  /** Whether there is a telephone of that device, or an extension behind a Local channel. */
  isThere(device: string): boolean
  /** A device has another state, which all are to be told. */
  deviceChanged(device: string, state: FakeDeviceState): void
  /** Something of the test's own threw. */
  failed(message: string, error: unknown): void
}

/** A channel that is to be. */
export interface NewChannel {
  readonly name: string
  readonly state: number
  readonly context: string
  readonly exten: string
  readonly uniqueId?: string | undefined
  /** Whose call it belongs to, and whose inherited variables it gets. */
  readonly requestor?: FakeChannel | undefined
  readonly callerIdNum?: string | undefined
  readonly callerIdName?: string | undefined
}

/** SIP's answer by the cause it becomes (`ast_sip_hangup_sip2cause`, verified on 22): a telephone declines with 603, Asterisk refuses with 403. */
const SIP_ANSWERS: Readonly<Record<number, number>> = { 17: 486, 19: 480, 21: 603, 34: 503, 127: 487 }
const REJECTED = 21
/** What a caller's CANCEL leaves. */
const INTERWORKING = 127
const FORBIDDEN = 403
/** What SoftHangupRequest calls a dialplan that ended. */
const DIALPLAN_ENDED = 16

/**
 * The channels and bridges of a fake, and what Asterisk says of them: each method does one thing that a channel can do, with the events in
 * the order in which Asterisk 16 and 22 send them for a channel.
 */
export class Switchboard {
  readonly devices: Devices
  readonly #host: SwitchboardHost
  readonly #channels = new Map<string, FakeChannel>()
  #sequence = 0
  #bridges = 0
  #processed = 0

  constructor(host: SwitchboardHost) {
    this.#host = host
    const channels = () => this.channels
    this.devices = new Devices({
      get channels() {
        return channels()
      },
      isThere: (device) => host.isThere(device),
      changed: (device, state) => host.deviceChanged(device, state),
    })
  }

  get clock(): Clock {
    return this.#host.clock
  }

  get version(): 16 | 22 {
    return this.#host.version
  }

  /** How many channels have run a dialplan or an application. */
  get processed(): number {
    return this.#processed
  }

  /** A channel begins to run its dialplan. */
  dialplanStarted(channel: FakeChannel): void {
    if (!channel.runsDialplan) this.#processed += 1
    channel.runsDialplan = true
  }

  failed(message: string, error: unknown): void {
    this.#host.failed(message, error)
  }

  get channels(): readonly FakeChannel[] {
    return [...this.#channels.values()]
  }

  /** A live channel, by its name or its `Uniqueid`. */
  find(nameOrId: string): FakeChannel | undefined {
    const name = nameOrId.toLowerCase()
    return this.channels.find((channel) => channel.name.toLowerCase() === name || channel.uniqueId === nameOrId)
  }

  has(uniqueId: string): boolean {
    return this.#channels.has(uniqueId)
  }

  create(facts: NewChannel): FakeChannel {
    this.#sequence += 1
    const startedAt = Math.floor(this.clock.now() / 1000)
    const uniqueId = facts.uniqueId ?? `${startedAt}.${this.#sequence}`
    const { requestor, callerIdNum = '', callerIdName = '' } = facts
    const linkedId = requestor?.linkedId ?? uniqueId
    const channel = new FakeChannel({ ...facts, uniqueId, linkedId, callerIdNum, callerIdName, createdAtMs: this.clock.now() })
    for (const [name, value] of requestor?.variables ?? []) {
      if (name.startsWith('__')) channel.variables.set(name, value)
      else if (name.startsWith('_')) channel.variables.set(name.slice(1), value)
    }
    this.#channels.set(uniqueId, channel)
    this.#emit('Newchannel', channel.headers())
    return channel
  }

  /** A number for the names of channels that are made together. */
  nextNumber(): string {
    return this.#sequence.toString(16).padStart(8, '0')
  }

  /** Sets a variable of a channel; nothing takes it away. */
  setVariable(channel: FakeChannel, name: string, value: string): void {
    if (value === '') channel.variables.delete(name)
    else channel.variables.set(name, value)
    this.#emit('VarSet', [...channel.headers(), ['Variable', name], ['Value', value]])
  }

  /** A channel runs an application, as an extension of its dialplan or by Dial. */
  runs(channel: FakeChannel, application: string, data: string): void {
    channel.application = application
    channel.applicationData = data
    const { exten } = channel
    this.#emit('Newexten', [...channel.headers(), ['Extension', exten], ['Application', application], ['AppData', data]])
  }

  /** Who a channel is. */
  identify(channel: FakeChannel, caller: CallerId): void {
    if (channel.isCalled(caller)) return
    channel.caller = caller
    this.callerIdChanged(channel)
  }

  /** The event of a channel whose caller is another one now. */
  callerIdChanged(channel: FakeChannel): void {
    this.#emit('NewCallerid', [...channel.headers(), ['CID-CallingPres', '0 (Presentation Allowed, Not Screened)']])
  }

  /** Whom a channel is connected with, or will be. */
  connectLine(channel: FakeChannel, { number, name }: CallerId): void {
    if (number === channel.connectedNum && name === channel.connectedName) return
    channel.connectedNum = number
    channel.connectedName = name
    this.connectedLineChanged(channel)
  }

  /** The event of a channel that is connected with another one now. */
  connectedLineChanged(channel: FakeChannel): void {
    this.#emit('NewConnectedLine', channel.headers())
  }

  /** A variable or function of a channel, or a global one; undefined for one that is not set, or that the fake does not know. */
  variable(channel: FakeChannel, name: string): string | undefined {
    return channelVariable(channel, name) ?? this.#host.globalValue(name)
  }

  /** Sets a function, such as `CALLERID(num)`; false for one that cannot be set. */
  setFunction(channel: FakeChannel, name: string, value: string): boolean {
    const setting = functionSetting(channel, name, value)
    switch (setting?.kind) {
      case 'caller':
        this.identify(channel, setting.caller)
        return true
      case 'account':
        this.setAccountCode(channel, setting.code)
        return true
      case 'language':
        channel.language = setting.language
        return true
      case 'nothing':
        return true
      default:
        return this.#host.setGlobalValue(name, value)
    }
  }

  setAccountCode(channel: FakeChannel, code: string): void {
    const before = channel.accountCode
    if (code === before) return
    channel.accountCode = code
    this.#emit('NewAccountCode', [...channel.headers(), ['OldAccountCode', before]])
  }

  startRecording(channel: FakeChannel): void {
    channel.recordings += 1
    this.#emit('MixMonitorStart', channel.headers())
  }

  /** Whether there was a recording to stop. */
  stopRecording(channel: FakeChannel): boolean {
    if (channel.recordings === 0) return false
    channel.recordings -= 1
    this.#emit('MixMonitorStop', channel.headers())
    return true
  }

  /** Hangs up a channel that lives longer; 0 takes that back. */
  hangUpAfter(channel: FakeChannel, ms: number): void {
    channel.cancelTimeout()
    channel.cancelTimeout = ms > 0 ? this.clock.after(ms, () => this.hangup(channel, 0)) : () => undefined
  }

  /** The halves of a Local channel find each other. */
  joinHalves(one: FakeChannel, two: FakeChannel, optimizes: boolean): void {
    this.#emit('LocalBridge', [
      ...one.headers('LocalOne'),
      ...two.headers('LocalTwo'),
      ['Context', two.context],
      ['Exten', two.exten],
      ['LocalOptimization', optimizes ? 'Yes' : 'No'],
    ])
  }

  dialBegin(channel: FakeChannel, dialing: Dialing, dialString: string): void {
    channel.dialing = dialing
    dialing.begins?.()
    this.#emit('DialBegin', [...(dialing.dialer?.headers() ?? []), ...channel.headers('Dest'), ['DialString', dialString]])
  }

  dialState(channel: FakeChannel, dialer: FakeChannel | undefined, dialStatus: string): void {
    this.#emit('DialState', [...(dialer?.headers() ?? []), ...channel.headers('Dest'), ['DialStatus', dialStatus]])
  }

  dialEnd(channel: FakeChannel, dialer: FakeChannel | undefined, dialStatus: string): void {
    this.#emit('DialEnd', [...(dialer?.headers() ?? []), ...channel.headers('Dest'), ['DialStatus', dialStatus]])
  }

  /** An event of an application on a channel. */
  tell(channel: FakeChannel, name: string, more: HeaderPairs): void {
    this.#emit(name, [...channel.headers(), ...more])
  }

  /** An event of no channel. */
  announce(name: string, headers: HeaderPairs): void {
    this.#emit(name, headers)
  }

  /** A channel says that it rings. Half of a Local channel says so through the other half. */
  ring(channel: FakeChannel): void {
    const heard = channel.otherHalf ?? channel
    // Whoever calls in from outside hears it, and no event says so.
    if (heard.state !== STATE.down) return
    this.#setState(heard, STATE.ringing)
    heard.dialing?.ringing()
  }

  answer(channel: FakeChannel): void {
    if (channel.state !== STATE.up) this.#setState(channel, STATE.up)
    const heard = channel.otherHalf ?? channel
    if (heard.state !== STATE.up && heard.state !== channel.state) this.#setState(heard, STATE.up)
    const { dialing } = heard
    heard.dialing = undefined
    dialing?.answered()
  }

  /** Busy or Congestion in a dialplan: a Dial gets it as its status; a caller from outside as the cause. */
  refuse(channel: FakeChannel, failure: DialFailure): void {
    if (channel.state === STATE.up) {
      this.hangup(channel, 0)
      return
    }
    channel.ownCause = failure.cause
    this.#setState(channel, STATE.busy)
    const heard = channel.otherHalf
    if (heard?.dialing === undefined) this.hangup(channel, failure.cause)
    else {
      const { dialing } = heard
      heard.dialing = undefined
      dialing.failed({ ...failure, cause: 0 })
    }
  }

  /** Connects two channels, taking them out of other bridges. */
  bridge(one: FakeChannel, two: FakeChannel): FakeBridge<FakeChannel> {
    for (const channel of [one, two]) {
      channel.cancel()
      this.#leaveBridge(channel)
    }
    const bridge = this.createBridge()
    for (const channel of [one, two]) this.enter(bridge, channel)
    this.#setPeer(one, two)
    this.#setPeer(two, one)
    return bridge
  }

  /** @param leave of a bridge that is no pair's: takes a channel out of it, with all that is to be told. */
  createBridge(kind?: BridgeKind, leave?: (channel: FakeChannel) => void): FakeBridge<FakeChannel> {
    this.#bridges += 1
    const id = `00000000-0000-4000-8000-${this.#bridges.toString(16).padStart(12, '0')}`
    const bridge = new FakeBridge<FakeChannel>(id, kind, leave)
    this.#emit('BridgeCreate', bridge.headers())
    return bridge
  }

  enter(bridge: FakeBridge<FakeChannel>, channel: FakeChannel): void {
    bridge.members.add(channel)
    channel.bridge = bridge
    this.#emit('BridgeEnter', [...bridge.headers(), ...channel.headers()])
  }

  leave(bridge: FakeBridge<FakeChannel>, channel: FakeChannel): void {
    bridge.members.delete(channel)
    channel.bridge = undefined
    this.#emit('BridgeLeave', [...bridge.headers(), ...channel.headers()])
  }

  destroyBridge(bridge: FakeBridge<FakeChannel>): void {
    this.#emit('BridgeDestroy', bridge.headers())
  }

  /** Takes a channel and its partner out of their bridge, and gives the partner. */
  unbridge(channel: FakeChannel): FakeChannel | undefined {
    const partner = partnerOf(channel)
    this.#leaveBridge(channel)
    return partner
  }

  blindTransfer(transferer: FakeChannel, context: string, exten: string): FakeChannel | undefined {
    const { bridge } = transferer
    const transferee = partnerOf(transferer)
    if (bridge === undefined || transferee === undefined) return undefined
    this.unhold(transferer)
    this.#emit('BlindTransfer', [
      ['Result', 'Success'],
      ...transferer.headers('Transferer'),
      ...transferee.headers('Transferee'),
      ...bridge.headers(),
      ['IsExternal', 'Yes'],
      ['Context', context],
      ['Extension', exten],
    ])
    bridge.end('transfer')
    this.#leaveBridge(transferee)
    return transferee
  }

  hold(channel: FakeChannel): void {
    this.#emit('Hold', [...channel.headers(), ['MusicClass', 'default']])
  }

  unhold(channel: FakeChannel): void {
    this.#emit('Unhold', channel.headers())
  }

  /** A digit that the channel's far side pressed. */
  digit(channel: FakeChannel, digit: string, durationMs: number): void {
    const heard = [...channel.headers(), ['Digit', digit]] as const
    this.#emit('DTMFBegin', [...heard, ['Direction', 'Received']])
    this.#emit('DTMFEnd', [...heard, ['DurationMs', durationMs], ['Direction', 'Received']])
  }

  /**
   * Ends a channel, the other half of it, and those whom it leaves alone. `requested`: the far side hung up, rather than the dialplan or the
   * manager.
   */
  hangup(channel: FakeChannel, givenCause: number, requested = false): void {
    if (channel.isGone) return
    channel.isGone = true
    channel.cancelPhone()
    channel.cancelTimeout()
    // Who leaves a bridge without a cause has hung up normally.
    const causeOfOther = givenCause === 0 && channel.bridge !== undefined ? NORMAL_CLEARING : givenCause
    const cause = channel.ownCause ?? causeOfOther
    const technology = this.#techCause(channel, cause)
    if (requested) {
      // 16 does not say why a telephone hung up.
      const isWithoutCause = this.#host.version === 16 && channel.otherHalf === undefined
      this.#emit('HangupRequest', [
        ...channel.headers(),
        ...(isWithoutCause ? [] : [['Cause', givenCause] as const]),
        ...technology,
      ])
    }
    const partner = partnerOf(channel)
    this.#leaveBridge(channel)
    channel.cancel()
    if (channel.runsDialplan) this.#emit('SoftHangupRequest', [...channel.headers(), ['Cause', DIALPLAN_ENDED]])
    const { dialing } = channel
    channel.dialing = undefined
    dialing?.failed({ dialStatus: dialStatusOf(cause), cause, reason: 0 })
    this.#channels.delete(channel.uniqueId)
    this.#emit('Hangup', [
      ...channel.headers(),
      ['Cause', cause],
      ['Cause-txt', HANGUP_CAUSES[cause]?.text ?? 'Unknown'],
      ...technology,
    ])
    channel.gone.resolve()
    if (channel.otherHalf !== undefined) {
      const dialStatus = channel.variables.get('DIALSTATUS')
      if (dialStatus !== undefined && channel.name.endsWith(';2') && !channel.otherHalf.isGone)
        this.setVariable(channel.otherHalf, 'CHANLOCALSTATUS', dialStatus)
      this.hangup(channel.otherHalf, causeOfOther, true)
    }
    // A bridge that was all a channel lived for is gone: what dialled goes on to the end of its dialplan, what was dialled ends.
    if (partner !== undefined) this.hangup(partner, cause)
    this.devices.channelChanged(channel)
  }

  /** The telephone of a channel hangs up: a CANCEL before the call is answered, a BYE after that, with a cause or without one. */
  hangUpPhone(channel: FakeChannel, cause: number | undefined): void {
    if (cause !== undefined) this.hangup(channel, cause, true)
    else if (channel.state !== STATE.up) this.hangup(channel, INTERWORKING, true)
    else this.hangup(channel, this.#host.version === 22 && channel.bridge === undefined ? 0 : NORMAL_CLEARING, true)
  }

  /** Ends a channel that was called for too long. Only 22 gives it a cause. */
  giveUp(channel: FakeChannel): void {
    this.hangup(channel, this.#host.version === 22 ? 19 : 0)
  }

  /** Hangs up every channel. */
  hangUpAll(): void {
    for (const channel of this.channels) this.hangup(channel, NORMAL_CLEARING)
  }

  /** Ends everything without a word. */
  clear(): void {
    for (const channel of this.#channels.values()) {
      channel.isGone = true
      channel.cancel()
      channel.cancelPhone()
      channel.cancelTimeout()
      channel.gone.resolve()
    }
    this.#channels.clear()
  }

  #leaveBridge(channel: FakeChannel): void {
    const { bridge } = channel
    if (bridge === undefined) return
    if (bridge.leave !== undefined) {
      bridge.leave(channel)
      return
    }
    bridge.end(channel)
    const members = [channel, ...[...bridge.members].filter((each) => each !== channel)]
    for (const member of members) this.#clearPeer(member)
    for (const member of members) {
      this.leave(bridge, member)
    }
    this.destroyBridge(bridge)
  }

  /** A channel learns with whom it is bridged; of a SIP channel also the Call-ID. */
  #setPeer(channel: FakeChannel, peer: FakeChannel): void {
    this.setVariable(channel, 'BRIDGEPEER', peer.name)
    if (isSIP(peer)) this.setVariable(channel, 'BRIDGEPVTCALLID', `${peer.uniqueId}@fake`)
  }

  #clearPeer(channel: FakeChannel): void {
    this.setVariable(channel, 'BRIDGEPEER', '')
    if (channel.variables.has('BRIDGEPVTCALLID')) this.setVariable(channel, 'BRIDGEPVTCALLID', '')
  }

  #setState(channel: FakeChannel, state: number): void {
    channel.state = state
    this.#emit('Newstate', channel.headers())
    this.devices.channelChanged(channel)
  }

  #techCause(channel: FakeChannel, cause: number): HeaderPairs {
    const answer = channel.runsDialplan && cause === REJECTED ? FORBIDDEN : SIP_ANSWERS[cause]
    const hasTechCause = this.#host.version === 22 && channel.name.startsWith('PJSIP/') && channel.state !== STATE.up
    return hasTechCause && answer !== undefined ? [['TechCause', answer]] : []
  }

  #emit(name: string, headers: HeaderPairs): void {
    this.#host.emit(name, headers)
  }
}

function isSIP({ name }: FakeChannel): boolean {
  return /^(PJ)?SIP\//.test(name)
}

function partnerOf(channel: FakeChannel): FakeChannel | undefined {
  const { bridge } = channel
  // Who is in a conference has no partner.
  if (bridge?.leave !== undefined) return undefined
  return [...(bridge?.members ?? [])].find((member) => member !== channel)
}
