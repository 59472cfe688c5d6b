import { AMIEvent } from 'obelus-asterisk/protocol'
import { CallContext } from '../../src/calls/call-context.js'
import type { CallState } from '../../src/calls/call-state.js'
import { Outside, type OutsideOptions } from '../../src/calls/outside.js'
import { Switchboard } from '../../src/calls/switchboard.js'
import { Tracker } from '../../src/calls/tracker.js'
import { HeaderFields } from '../../src/core/header-fields.js'
import type { RecordedEvent } from './recorded-call.js'

/** The calls that a switchboard tells of, without a client: events go in, calls come out. */
export class BoardRig {
  readonly calls: CallState[] = []
  readonly board: Switchboard
  readonly #tracker: Tracker

  constructor(outside: OutsideOptions = {}, maxChannels = 1_000) {
    this.board = new Switchboard(new CallContext(() => 0, 10_000), new Outside(outside), maxChannels, {
      began: (call) => this.calls.push(call),
      joined: () => undefined,
      silent: () => undefined,
      unexplained: () => undefined,
      over: () => undefined,
    })
    this.#tracker = new Tracker(this.board)
  }

  /** Takes in the events of a recording. */
  play(events: readonly RecordedEvent[]): this {
    for (const { name, headers } of events) {
      const lines = headers.map(([header, value]) => `${header}: ${value}\r\n`)
      this.#tracker.eventReceived(AMIEvent.read(name, new HeaderFields(`Event: ${name}\r\n${lines.join('')}\r\n`)))
    }
    return this
  }
}
