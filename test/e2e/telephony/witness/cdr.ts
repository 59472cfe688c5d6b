import { join } from 'node:path'
import type { PBX } from '../pbx.js'
import { CSVLog } from './csv.js'

/** One Call Detail Record. */
export interface CallDetail {
  readonly channel: string
  readonly destination: string
  readonly source: string
  readonly dialed: string
  readonly disposition: string
  /** Milliseconds since the epoch; 0 where there was no answer. */
  readonly startedAt: number
  readonly answeredAt: number
  readonly endedAt: number
  readonly application: string
  readonly uniqueId: string
  readonly linkedId: string
}

/** The records of a PBX; `read` takes in what is new. */
export class CallDetails {
  readonly #log: CSVLog
  readonly records: CallDetail[] = []

  constructor(pbx: PBX) {
    this.#log = new CSVLog(join(pbx.root, 'var/log/asterisk/cdr-custom/telephony.csv'))
  }

  read(): readonly CallDetail[] {
    for (const line of this.#log.read()) this.records.push(recordOf(line))
    return this.records
  }
}

function recordOf(line: readonly string[]): CallDetail {
  const [channel, destination, source, dialed, disposition, start, answer, end, application, uniqueId, linkedId] =
    line as string[]
  const time = (value: string | undefined) => Number(value) * 1_000
  return {
    channel,
    destination,
    source,
    dialed,
    disposition,
    startedAt: time(start),
    answeredAt: time(answer),
    endedAt: time(end),
    application,
    uniqueId,
    linkedId,
  } as CallDetail
}
