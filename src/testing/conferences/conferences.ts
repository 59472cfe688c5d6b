import type { ActionName } from '../../ami/messages/typed-names.js'
import type { AMIAction } from '../../ami/protocol/action-reader.js'
import type { BuiltInApplication } from '../dialplan/applications.js'
import type { FakeChannel } from '../dialplan/fake-channel.js'
import type { Switchboard } from '../dialplan/switchboard.js'
import { type ActionHandler, action, failure, type Reply, success } from '../handlers.js'
import { Conference } from './conference.js'

/** The conferences of a fake: the application ConfBridge and its actions. Checks and texts are those of 16.28 and 22.10. */
export class Conferences {
  readonly #board: Switchboard
  readonly #conferences = new Map<string, Conference>()

  constructor(board: Switchboard) {
    this.#board = board
  }

  /** The application ConfBridge: `name,bridge profile,user profile,menu`. */
  readonly application: BuiltInApplication = (channel, data, _phones, returns) => {
    const [name = ''] = data.split(',')
    this.#board.answer(channel)
    channel.cancel = () => undefined
    const conference = this.#conferences.get(name) ?? new Conference(name, this.#board, () => this.#conferences.delete(name))
    this.#conferences.set(name, conference)
    conference.join(channel, returns)
  }

  get handlers(): readonly ActionHandler[] {
    return [
      action('ConfbridgeListRooms', () => {
        const rooms = [...this.#conferences.values()].map((conference) => conference.roomItem())
        return rooms.length === 0 ? failure('No active conferences.') : rooms
      }),
      this.#onConference('ConfbridgeList', (conference) => conference.memberItems()),
      this.#onConference('ConfbridgeLock', (conference) => lock(conference, true)),
      this.#onConference('ConfbridgeUnlock', (conference) => lock(conference, false)),
      this.#onConference('ConfbridgeStopRecord', () => failure('Internal error while stopping recording.')),
      this.#onMember('ConfbridgeMute', (conference, channels) => mute(conference, channels, true)),
      this.#onMember('ConfbridgeUnmute', (conference, channels) => mute(conference, channels, false)),
      this.#onConference('ConfbridgeKick', (conference, request) => kick(conference, request)),
    ]
  }

  #onConference(
    name: ActionName,
    act: (conference: Conference, request: AMIAction) => Reply,
    needsChannel = false,
  ): ActionHandler {
    return action(name, (request) => {
      const room = request.get('Conference') ?? ''
      if (room === '') return failure('No Conference name provided.')
      if (needsChannel && (request.get('Channel') ?? '') === '') return failure('No channel name provided.')
      if (this.#conferences.size === 0) return failure('No active conferences.')
      const conference = this.#conferences.get(room)
      return conference === undefined ? failure('No Conference by that name found.') : act(conference, request)
    })
  }

  #onMember(name: ActionName, act: (conference: Conference, channels: readonly FakeChannel[]) => Reply): ActionHandler {
    const resolve = (conference: Conference, request: AMIAction) => {
      const channels = named(conference, request)
      return channels.length === 0 ? failure('No Channel by that name found in Conference.') : act(conference, channels)
    }
    return this.#onConference(name, resolve, true)
  }
}

/** The members that an action names: one, or `all` of them. */
function named(conference: Conference, request: AMIAction): readonly FakeChannel[] {
  const name = (request.get('Channel') ?? '').toLowerCase()
  return conference.channels.filter((channel) => name === 'all' || channel.name.toLowerCase() === name)
}

function lock(conference: Conference, isLocked: boolean): Reply {
  conference.isLocked = isLocked
  return success(`Conference ${isLocked ? '' : 'un'}locked`)
}

function mute(conference: Conference, channels: readonly FakeChannel[], isMuted: boolean): Reply {
  for (const channel of channels) conference.mute(channel, isMuted)
  return success(`User ${isMuted ? '' : 'un'}muted`)
}

function kick(conference: Conference, request: AMIAction): Reply {
  const channels = named(conference, request)
  if (channels.length === 0) return failure('No Channel by that name found in Conference.')
  for (const channel of channels) conference.kick(channel)
  return success((request.get('Channel') ?? '').toLowerCase() === 'all' ? 'All participants kicked' : 'User kicked')
}
