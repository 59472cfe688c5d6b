import { ConnectionError, ConnectionLostError } from '../ami/messages/errors.js'
import { onAbort } from '../core/abort.js'
import { duration } from '../core/checks.js'
import type { Clock } from '../core/clock.js'
import { soon } from '../core/microtask.js'
import {
  amount,
  checkOptions,
  clock,
  either,
  flag,
  listOf,
  milliseconds,
  number,
  numberFrom,
  type OptionsShape,
  wholeNumber,
} from '../core/options.js'
import { systemClock } from '../core/system-clock.js'
import type { Connector, Protocol, Transport } from '../core/transport.js'
import { seededRandom } from './random.js'
import { Timeline } from './timeline.js'

/** What goes wrong with a connection. Each can be combined with the others. */
export interface Faults {
  /** What chance decides is the same for the same seed. @default 1 */
  readonly seed?: number | undefined
  /** What comes is cut into pieces of 1 to so many bytes. */
  readonly split?: number | undefined
  /** What comes is this late; two numbers: by chance between them. */
  readonly delayMs?: number | readonly [from: number, to: number] | undefined
  /** How much comes in a second. */
  readonly bytesPerSecond?: number | undefined
  /** The connection breaks after so many bytes, in the middle of a message if they end there. Counted for each connection anew. */
  readonly dropAfterBytes?: number | undefined
  /** Nothing comes or goes after so many bytes, and nobody notices. Counted for each connection anew. */
  readonly stallAfterBytes?: number | undefined
  /** After so many bytes what is written goes nowhere, while what comes still comes. Counted for each connection anew. */
  readonly halfCloseAfterBytes?: number | undefined
  /** So many attempts to connect are refused; true: all. */
  readonly refuse?: number | boolean | undefined
  /** Of a thousand bytes that come, so many are another one. */
  readonly corruptPerMille?: number | undefined
  /** Time, for tests. @default the runtime's */
  readonly clock?: Clock | undefined
}

/** A connector whose connections fail, as planned and on command. */
export interface FaultyConnector extends Connector {
  /** How many attempts to connect there were. */
  readonly attempts: number
  /** What was written, over all connections. */
  readonly written: string
  /** How often a text was written. */
  count(text: string): number
  /** While set, every attempt to connect fails with it. */
  refusal: Error | undefined
  /** While true, an attempt to connect gets no answer. */
  hanging: boolean
  /** While true, bytes are lost in both directions, also those that were on their way, and neither side learns that the connection ended. */
  stalled: boolean
  /** While true, a write breaks the connection. */
  breakOnWrite: boolean
  /** The connection breaks now: the client's `connectionLost` is called. */
  break(error?: Error): void
  /** Text reaches the client as if the server had sent it. */
  inject(text: string): void
}

/**
 * Puts faults between a client and what it connects to: `new AMIClient({ connect: faulty(pbx.connector, { split: 3, delayMs: 20 }) })`. Any
 * connector will do: of the fake, of TCP (`tcpConnector`), of a WebSocket.
 *
 * @throws TypeError or RangeError that names a fault which cannot be and quotes its value.
 */
export function faulty(connector: Connector, faults: Faults = {}): FaultyConnector {
  check(faults)
  const state = new FaultState(faults)
  const connect: Connector = async (protocol, signal) => {
    signal.throwIfAborted()
    state.attempts += 1
    if (state.hanging) return new Promise((_, reject) => onAbort(signal, () => reject(signal.reason)))
    if (state.refusal !== undefined) throw state.refusal
    if (faults.refuse === true || (typeof faults.refuse === 'number' && state.attempts <= faults.refuse))
      throw new ConnectionError('faulty() refused the connection')
    const connection = new FaultyConnection(state, protocol)
    await connector(connection, signal)
    return connection
  }
  return Object.defineProperties(connect, {
    ...Object.fromEntries(
      (['refusal', 'hanging', 'stalled', 'breakOnWrite'] as const).map((name) => [
        name,
        {
          get: () => state[name],
          set: (value: never) => {
            state[name] = value
          },
        },
      ]),
    ),
    peer: { value: connector.peer },
    attempts: { get: () => state.attempts },
    written: { get: () => state.written },
    count: { value: (text: string) => state.written.split(text).length - 1 },
    break: { value: (error?: Error) => state.current?.end(error) },
    inject: { value: (text: string) => state.current?.protocol.dataReceived(new TextEncoder().encode(text)) },
  }) as FaultyConnector
}

const SHAPE: OptionsShape<Faults> = {
  seed: number,
  split: amount,
  delayMs: { ...either(milliseconds(0), listOf(milliseconds(0))), expected: 'a number of milliseconds from 0 up, or two' },
  bytesPerSecond: amount,
  dropAfterBytes: amount,
  stallAfterBytes: amount,
  halfCloseAfterBytes: amount,
  refuse: either(flag, wholeNumber(0)),
  corruptPerMille: numberFrom(0, 1000),
  clock,
}

function check(faults: Faults): void {
  checkOptions(faults, SHAPE)
  const { delayMs = 0 } = faults
  if (typeof delayMs !== 'number') duration('the second of delayMs', delayMs[1], delayMs[0])
}

class FaultState {
  readonly faults: Faults
  readonly clock: Clock
  readonly random: () => number
  attempts = 0
  written = ''
  refusal: Error | undefined
  hanging = false
  stalled = false
  breakOnWrite = false
  current: FaultyConnection | undefined

  constructor(faults: Faults) {
    this.faults = faults
    this.clock = faults.clock ?? systemClock
    this.random = seededRandom(faults.seed ?? 1)
  }
}

class FaultyConnection implements Protocol, Transport {
  readonly protocol: Protocol
  readonly #state: FaultState
  inner!: Transport
  #received = 0
  #isEnded = false
  readonly #timeline: Timeline
  /** When the last piece was, or will be, handed on: none overtakes another. */
  #lastAt = 0
  /** When the throttled line has passed on what it was given. */
  #lineFreeAt = 0

  constructor(state: FaultState, protocol: Protocol) {
    this.#state = state
    this.#timeline = new Timeline(state.clock)
    this.protocol = protocol
  }

  write(data: Uint8Array): void {
    this.#state.written += new TextDecoder().decode(data)
    if (this.#state.breakOnWrite) this.end()
    else if (!this.#isStalled && !this.#isBeyond(this.#state.faults.halfCloseAfterBytes)) this.inner.write(data)
  }

  close(): void {
    this.inner.close()
    soon(() => this.end())
  }

  connectionMade(transport: Transport): void {
    this.inner = transport
    this.#state.current = this
    this.protocol.connectionMade(this)
  }

  dataReceived(data: Uint8Array): void {
    if (this.#isStalled || this.#isEnded) return
    const { dropAfterBytes, stallAfterBytes } = this.#state.faults
    const limit = Math.min(dropAfterBytes ?? Number.POSITIVE_INFINITY, stallAfterBytes ?? Number.POSITIVE_INFINITY)
    const taken = data.subarray(0, Math.max(0, limit - this.#received))
    this.#received += taken.length
    for (const piece of this.#pieces(this.#corrupted(taken))) this.#handOn(piece)
    if (this.#isBeyond(dropAfterBytes))
      this.#later(() => this.end(new ConnectionLostError('faulty() broke the connection', { sent: 'maybe' })))
  }

  connectionLost(error?: Error): void {
    if (!this.#isStalled) this.#later(() => this.end(error))
  }

  end(error?: Error): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#timeline.clear()
    if (this.#state.current === this) this.#state.current = undefined
    this.inner.close()
    this.protocol.connectionLost(error)
  }

  get #isStalled(): boolean {
    return this.#state.stalled || this.#isBeyond(this.#state.faults.stallAfterBytes)
  }

  #isBeyond(bytes: number | undefined): boolean {
    return bytes !== undefined && this.#received >= bytes
  }

  #corrupted(data: Uint8Array): Uint8Array {
    const { corruptPerMille = 0 } = this.#state.faults
    if (corruptPerMille === 0) return data
    return data.map((byte) => (this.#state.random() * 1000 < corruptPerMille ? Math.floor(this.#state.random() * 256) : byte))
  }

  *#pieces(data: Uint8Array): Iterable<Uint8Array> {
    const { split } = this.#state.faults
    if (split === undefined) yield data
    else {
      for (let at = 0; at < data.length; ) {
        const length = 1 + Math.floor(this.#state.random() * split)
        yield data.subarray(at, at + length)
        at += length
      }
    }
  }

  #handOn(piece: Uint8Array): void {
    const { delayMs = 0, bytesPerSecond } = this.#state.faults
    const [from, to] = typeof delayMs === 'number' ? [delayMs, delayMs] : delayMs
    const late = from + this.#state.random() * (to - from)
    const spent = bytesPerSecond === undefined ? 0 : (piece.length * 1000) / bytesPerSecond
    if (late === 0 && spent === 0 && this.#timeline.isEmpty) {
      this.protocol.dataReceived(piece)
      return
    }
    const now = this.#state.clock.now()
    this.#lineFreeAt = Math.max(this.#lineFreeAt, now) + spent
    this.#lastAt = Math.max(this.#lastAt, this.#lineFreeAt + late)
    // A copy: the array belongs to whoever read it.
    const kept = new Uint8Array(piece)
    this.#arrives(() => this.protocol.dataReceived(kept))
  }

  /** After everything that came before. */
  #later(callback: () => void): void {
    if (this.#timeline.isEmpty) callback()
    else this.#arrives(callback)
  }

  /** At its time, unless the connection is stalled by that time. */
  #arrives(callback: () => void): void {
    this.#timeline.put(this.#lastAt, () => {
      if (!this.#state.stalled) callback()
    })
  }
}
