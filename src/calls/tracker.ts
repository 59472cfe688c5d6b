import type { AMIEvent } from '../ami/messages/event.js'
import { BRIDGE_READERS } from './bridges.js'
import { CHANNEL_READERS } from './channels.js'
import { DIAL_READERS } from './dials.js'
import { HANGUP_READERS } from './hangups.js'
import { OLD_READERS, originatedOn14 } from './old-releases.js'
import { QUEUE_READERS } from './queues.js'
import { SOUND_READERS } from './sound.js'
import type { EventReader, Fields, Switchboard } from './switchboard.js'
import { TRANSFER_READERS } from './transfers.js'

const READERS: ReadonlyMap<string, EventReader> = new Map(
  Object.entries({
    ...CHANNEL_READERS,
    ...DIAL_READERS,
    ...BRIDGE_READERS,
    ...HANGUP_READERS,
    ...TRANSFER_READERS,
    ...QUEUE_READERS,
    ...SOUND_READERS,
    ...OLD_READERS,
  }),
)

/** The events that tracking reads, but VarSet: it is the most frequent of all, and only servers before 12 need it. */
export const TRACKED_EVENTS: readonly string[] = [...READERS.keys()].filter((name) => name !== 'VarSet')

/** Takes in events, each by the reader of its name. No clock, no I/O. */
export class Tracker {
  readonly #board: Switchboard

  constructor(board: Switchboard) {
    this.#board = board
  }

  eventReceived(event: AMIEvent): void {
    const read = READERS.get(event.name)
    if (read === undefined) return
    this.#board.context.during(event, () => {
      if (event.name === 'OriginateResponse' && !this.#board.followsOthers) originatedOn14(this.#board, event as Fields)
      read(this.#board, event as Fields, event)
    })
  }
}
