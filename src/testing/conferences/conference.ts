import type { FakeBridge } from '../dialplan/fake-bridge.js'
import type { FakeChannel } from '../dialplan/fake-channel.js'
import type { Switchboard } from '../dialplan/switchboard.js'
import { event, type FakeEvent, type HeaderPairs } from '../handlers.js'

/** A member of a conference. */
interface Member {
  readonly channel: FakeChannel
  readonly joinedAt: number
  /** Has the dialplan go on. */
  readonly returns: () => void
  isMuted: boolean
}

/** A conference, from its first member to its last. */
export class Conference {
  readonly name: string
  isLocked = false
  readonly #board: Switchboard
  readonly #ended: () => void
  readonly #bridge: FakeBridge<FakeChannel>
  readonly #members = new Map<FakeChannel, Member>()

  constructor(name: string, board: Switchboard, ended: () => void) {
    this.name = name
    this.#board = board
    this.#ended = ended
    const kind = { type: 'base', technology: 'softmix', creator: 'ConfBridge', name }
    this.#bridge = board.createBridge(kind, (channel) => this.#gone(channel))
    board.devices.set(`confbridge:${name}`, 'INUSE')
    // The one who announces.
    this.#bridge.unseen = 1
  }

  get channels(): readonly FakeChannel[] {
    return [...this.#members.keys()]
  }

  join(channel: FakeChannel, returns: () => void): void {
    const isFirst = this.#members.size === 0
    this.#members.set(channel, { channel, returns, joinedAt: this.#board.clock.now(), isMuted: false })
    this.#board.enter(this.#bridge, channel)
    this.#tellPeers()
    if (isFirst) this.#board.announce('ConfbridgeStart', [['Conference', this.name], ...this.#bridge.headers(1)])
    this.#tell('ConfbridgeJoin', channel, [
      ['Admin', 'No'],
      ['Muted', 'No'],
    ])
  }

  kick(channel: FakeChannel): void {
    const member = this.#members.get(channel)
    this.#board.setVariable(channel, 'CONFBRIDGE_RESULT', 'KICKED')
    this.#leave(channel)
    member?.returns()
  }

  mute(channel: FakeChannel, isMuted: boolean): void {
    const member = this.#members.get(channel)
    if (member === undefined) return
    member.isMuted = isMuted
    this.#tell(isMuted ? 'ConfbridgeMute' : 'ConfbridgeUnmute', channel, [['Admin', 'No']])
  }

  /** An item of ConfbridgeListRooms. */
  roomItem(): FakeEvent {
    return event('ConfbridgeListRooms', [
      ['Conference', this.name],
      ['Parties', this.#members.size],
      ['Marked', 0],
      ['Locked', yesOrNo(this.isLocked)],
      ['Muted', 'No'],
    ])
  }

  /** The items of ConfbridgeList. */
  memberItems(): FakeEvent[] {
    return [...this.#members.values()].map(({ channel, joinedAt, isMuted }) =>
      event('ConfbridgeList', [
        ['Conference', this.name],
        ['Admin', 'No'],
        ['MarkedUser', 'No'],
        ['WaitMarked', 'No'],
        ['EndMarked', 'No'],
        ...(this.#board.version === 22 ? [['EndMarkedAny', 'No'] as const] : []),
        ['Waiting', 'No'],
        ['Muted', yesOrNo(isMuted)],
        ['Talking', 'No'],
        ['AnsweredTime', Math.floor((this.#board.clock.now() - joinedAt) / 1000)],
        ...channel.headers(),
      ]),
    )
  }

  /** A member hung up, or was taken elsewhere. */
  #gone(channel: FakeChannel): void {
    this.#leave(channel, () => this.#board.setVariable(channel, 'CONFBRIDGE_RESULT', 'HANGUP'))
  }

  #leave(channel: FakeChannel, left: () => void = () => undefined): void {
    this.#board.setVariable(channel, 'BRIDGEPEER', '')
    this.#tell('ConfbridgeLeave', channel, [['Admin', 'No']])
    this.#members.delete(channel)
    this.#board.leave(this.#bridge, channel)
    this.#tellPeers()
    left()
    if (this.#members.size > 0) return
    this.#board.devices.set(`confbridge:${this.name}`, 'NOT_INUSE')
    this.#board.announce('ConfbridgeEnd', [['Conference', this.name], ...this.#bridge.headers()])
    this.#bridge.unseen = 0
    this.#board.destroyBridge(this.#bridge)
    this.#ended()
  }

  /** Each member's channel learns who else is there. */
  #tellPeers(): void {
    for (const channel of this.#members.keys()) {
      const others = this.channels.filter((each) => each !== channel).map(({ name }) => name)
      this.#board.setVariable(channel, 'BRIDGEPEER', [`CBAnn/${this.name}-00000000;2`, ...others].join(','))
    }
  }

  #tell(name: string, channel: FakeChannel, more: HeaderPairs): void {
    this.#board.announce(name, [['Conference', this.name], ...this.#bridge.headers(), ...channel.headers(), ...more])
  }
}

function yesOrNo(value: boolean): string {
  return value ? 'Yes' : 'No'
}
