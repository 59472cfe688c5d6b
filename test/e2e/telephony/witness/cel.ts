import { join } from 'node:path'
import type { PBX } from '../pbx.js'
import { CSVLog } from './csv.js'

/** One line of Asterisk's Channel Event Log. */
export interface CELEvent {
  readonly type: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly number: string
  readonly exten: string
  readonly context: string
  readonly channel: string
  readonly application: string
  readonly data: string
  readonly uniqueId: string
  readonly linkedId: string
  readonly peer: string
  readonly extra: Readonly<Record<string, unknown>>
}

/** The log of a PBX; `read` takes in what is new. */
export class ChannelEventLog {
  readonly #log: CSVLog
  readonly events: CELEvent[] = []

  constructor(pbx: PBX) {
    this.#log = new CSVLog(join(pbx.root, 'var/log/asterisk/cel-custom/telephony.csv'))
  }

  read(): readonly CELEvent[] {
    for (const line of this.#log.read()) this.events.push(eventOf(line))
    return this.events
  }
}

function eventOf(line: readonly string[]): CELEvent {
  const [type, time, number, exten, context, channel, application, data, uniqueId, linkedId, peer, extra] = line as string[]
  return {
    type,
    at: Number(time) * 1_000,
    number,
    exten,
    context,
    channel,
    application,
    data,
    uniqueId,
    linkedId,
    peer,
    extra: extra ? (JSON.parse(extra) as Record<string, unknown>) : {},
  } as CELEvent
}
