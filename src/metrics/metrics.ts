import type { ManagerConnection } from '../ami/client/manager-connection.js'
import type { CallManager } from '../calls/call-manager.js'
import type { Clock } from '../core/clock.js'
import { checkOptions, clock, type OptionKind, type OptionsShape, wholeNumber } from '../core/options.js'
import { systemClock } from '../core/system-clock.js'
import type { LiveModel } from '../live/live-model.js'
import { type AGISource, measureAGI } from './agi-families.js'
import { measureCalls } from './call-families.js'
import { type Measured, measureClient, stopAll } from './client-families.js'
import type { Family } from './family.js'
import { type PromClientRegistry, registerAt } from './prom-client.js'
import { prometheusText } from './prometheus-text.js'
import { queueFamilies } from './queue-families.js'

/** What is measured; each may be left out. */
export interface MetricsSources {
  /** The connection, its actions and events. */
  readonly ami?: ManagerConnection | undefined
  /** All calls of the PBX. */
  readonly calls?: CallManager | undefined
  /** Queues and their members. */
  readonly live?: LiveModel | undefined
  /** Scripts: a `FastAGIServer`, an `AsyncAGIExecutor`, or several of them. */
  readonly agi?: AGISource | readonly AGISource[] | undefined
}

export interface MetricsOptions {
  /** A registry of the package prom-client, which then has these families among its own. @default none */
  readonly register?: PromClientRegistry | undefined
  /**
   * How many names of events are counted by themselves; all others are `other`. 0 counts none: then events that nobody else wants need not be read.
   * @default 200
   */
  readonly maxEventNames?: number | undefined
  /** Time, for tests. @default the runtime's */
  readonly clock?: Clock | undefined
}

const aRegistry: OptionKind = {
  expected: 'a Registry of prom-client',
  accepts: (value) => typeof (value as PromClientRegistry | null)?.registerMetric === 'function',
}

const SHAPE: OptionsShape<MetricsOptions> = { register: aRegistry, maxEventNames: wholeNumber(0), clock }

/** What happens in a program and its PBX, as numbers for Prometheus. It counts from when it is made. */
export class Metrics implements Disposable {
  /** The media type of the text, for the answer's `Content-Type`. */
  readonly contentType = 'text/plain; version=0.0.4; charset=utf-8'
  readonly #families: readonly Family[]
  readonly #stops: readonly (() => void)[]

  /** @internal */
  constructor(sources: MetricsSources, options: MetricsOptions) {
    checkOptions(options, SHAPE)
    const { ami, calls, live, agi = [] } = sources
    const { register, maxEventNames = 200, clock: time = systemClock } = options
    const scripts = Array.isArray(agi) ? (agi as readonly AGISource[]) : [agi as AGISource]
    const measured: Measured[] = [
      ...(ami === undefined ? [] : [measureClient(ami, maxEventNames)]),
      ...(calls === undefined ? [] : [measureCalls(calls)]),
      ...(live === undefined ? [] : [{ families: queueFamilies(live), stop: () => undefined }]),
      ...(scripts.length === 0 ? [] : [measureAGI(scripts, time)]),
    ]
    this.#families = measured.flatMap(({ families }) => families)
    this.#stops = [...measured.map(({ stop }) => stop), ...(register === undefined ? [] : [registerAt(register, this.#families)])]
  }

  /** All of it as Prometheus reads it: text of version 0.0.4, each line with its end. */
  toPrometheus(): string {
    return prometheusText(this.#families)
  }

  /** Counts no more, and takes its families out of the registry. What was counted can still be read. */
  close(): void {
    stopAll(this.#stops)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

/**
 * Measures connections, calls, queues and scripts: `collectMetrics({ ami, calls, live, agi }).toPrometheus()`. Names and labels are in the guide beside this
 * file. Whoever reads them need not be there: nothing is kept but the numbers, and these are bounded.
 *
 * @throws TypeError or RangeError that names a wrong option; Error of prom-client, when its registry has a family of the same name.
 */
export function collectMetrics(sources: MetricsSources, options: MetricsOptions = {}): Metrics {
  return new Metrics(sources, options)
}
