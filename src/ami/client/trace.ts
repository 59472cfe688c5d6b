import type { Clock } from '../../core/clock.js'
import { guarded } from '../../core/listeners.js'
import { checkOptions, clock as clockKind, encoding as encodingKind, type OptionsShape, oneOf } from '../../core/options.js'
import { redactLines } from '../../core/redaction.js'
import { systemClock } from '../../core/system-clock.js'
import { textCodec } from '../../core/text-codec.js'
import type { Connector } from '../../core/transport.js'
import { TracedConnection } from './traced-connection.js'

/** One message that a trace saw. */
export interface TracedMessage {
  readonly at: Date
  /** `sent` by this program, or `received` from Asterisk. */
  readonly direction: 'sent' | 'received'
  /** Which connection of the client, as `connection 2`; of AGI, the channel. */
  readonly source: string
  /** As they stood on the wire, without secrets: headers, an AGI command, its answer, or the environment of a session. */
  readonly lines: readonly string[]
}

/** How a trace tells of messages. */
export interface TraceOptions {
  /** `text`: several lines, the first with time, direction and source. `object`: a `TracedMessage`. @default 'text' */
  readonly format?: 'text' | 'object' | undefined
  /** That of the client. @default 'utf-8' */
  readonly encoding?: string | undefined
  /** Time, for tests. @default the runtime's */
  readonly clock?: Clock | undefined
}

/** What a trace needs of a client; `AMIClient` is one. */
export interface TraceableClient {
  wrapConnector(wrap: (connector: Connector) => Connector): void
  report(error: unknown): void
}

/** What a trace needs of a session; `AGISession` is one. */
export interface TraceableSession {
  readonly env: { readonly channel: string; readonly variables: ReadonlyMap<string, string> }
  onTraffic(listener: (direction: 'sent' | 'received', line: string) => void): () => void
}

/** What a trace needs of those who run scripts; `FastAGIServer` and `AsyncAGIExecutor` are ones. */
export interface TraceableServer {
  readonly sessions: readonly TraceableSession[]
  on(notice: 'session', listener: (session: TraceableSession) => void): () => void
}

/** What can be traced. */
export type Traceable = TraceableClient | TraceableSession | TraceableServer

const SHAPE: OptionsShape<TraceOptions> = { format: oneOf('text', 'object'), encoding: encodingKind, clock: clockKind }

/**
 * Tells `sink` of every message in both directions, one a call, in the order of the wire and before it takes effect. Secrets are gone where a name
 * tells of them, as in recordings: of `Secret`, of the `Key` of an MD5 login, of variables and what is asked for by such a name.
 *
 * Of a client it sees the connections that are made from now on: call it before `login()`. Of a server, an executor and a session it sees the
 * sessions that run, each from its environment on. A message of more than 1,000 lines is cut. A sink that throws is not called again.
 *
 * `NODE_DEBUG=obelus-asterisk` does the same without code, for everything that runs on Node.js, to stderr.
 *
 * @returns what ends the trace
 * @throws TypeError or RangeError for a wrong option, for what cannot be traced and for a sink that is no function.
 */
export function trace(
  target: Traceable,
  sink: (text: string) => unknown,
  options?: TraceOptions & { readonly format?: 'text' | undefined },
): () => void
export function trace(
  target: Traceable,
  sink: (message: TracedMessage) => unknown,
  options: TraceOptions & { readonly format: 'object' },
): () => void
export function trace(target: Traceable, sink: (message: never) => unknown, options: TraceOptions = {}): () => void {
  checkOptions(options, SHAPE)
  const { format = 'text', encoding = 'utf-8', clock = systemClock } = options
  const tracer = new Tracer(sink, format, clock, (error) => {
    if (isClient(target)) target.report(error)
  })
  if (isClient(target)) traceClient(target, tracer, encoding)
  else if (isSession(target)) traceSession(target, tracer)
  else if (isServer(target)) {
    for (const session of target.sessions) traceSession(session, tracer)
    const stop = target.on('session', (session) => traceSession(session, tracer))
    return () => {
      stop()
      tracer.stop()
    }
  } else throw new TypeError('A client, a server, an executor or a session can be traced, and nothing else')
  return () => tracer.stop()
}

/** Where messages go, until it is stopped. */
class Tracer {
  readonly #sink: (message: never) => void
  readonly #format: 'text' | 'object'
  readonly #clock: Clock
  #isOn = true

  constructor(sink: (message: never) => unknown, format: 'text' | 'object', clock: Clock, report: (error: Error) => void) {
    this.#sink = guarded(sink, (error) => {
      this.stop()
      report(error)
    })
    this.#format = format
    this.#clock = clock
  }

  get isOn(): boolean {
    return this.#isOn
  }

  stop(): void {
    this.#isOn = false
  }

  tell(direction: TracedMessage['direction'], source: string, lines: readonly string[]): void {
    if (!this.#isOn) return
    const message = { at: new Date(this.#clock.now()), direction, source, lines }
    this.#sink((this.#format === 'text' ? textOf(message) : message) as never)
  }
}

function textOf({ at, direction, source, lines }: TracedMessage): string {
  const head = `${at.toISOString()} ${direction === 'sent' ? '>' : '<'} ${source}`
  return [head, ...lines].join('\n  ')
}

function traceClient(client: TraceableClient, tracer: Tracer, encoding: string): void {
  const codec = textCodec(encoding)
  let connections = 0
  client.wrapConnector((connector) => {
    const connect: Connector = async (protocol, signal) => {
      if (!tracer.isOn) return connector(protocol, signal)
      connections += 1
      const source = `connection ${connections}`
      const traced = new TracedConnection(protocol, codec, (direction, lines) => tracer.tell(direction, source, lines))
      await connector(traced, signal)
      return traced
    }
    return Object.defineProperty(connect, 'peer', { value: connector.peer })
  })
}

function traceSession(session: TraceableSession, tracer: Tracer): void {
  const { channel, variables } = session.env
  tracer.tell('received', channel, redactLines([...variables].map(([name, value]) => `${name}: ${value}`)))
  session.onTraffic((direction, line) => tracer.tell(direction, channel, line.split('\n')))
}

function isClient(target: Traceable): target is TraceableClient {
  return typeof (target as Partial<TraceableClient>).wrapConnector === 'function'
}

function isSession(target: Traceable): target is TraceableSession {
  return typeof (target as Partial<TraceableSession>).onTraffic === 'function'
}

function isServer(target: Traceable): target is TraceableServer {
  return Array.isArray((target as Partial<TraceableServer>).sessions)
}
