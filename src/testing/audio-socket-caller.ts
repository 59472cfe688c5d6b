import { connect } from 'node:net'
import type { Clock } from '../core/clock.js'
import { clock as aClock, checkOptions, line, type OptionsShape } from '../core/options.js'
import { systemClock } from '../core/system-clock.js'
import { AudioSocketConnection } from '../media/audio-socket-connection.js'
import { MediaClosedError, MediaProtocolError } from '../media/errors.js'
import { FrameKind, FrameReader, frameBytes, uuidBytes } from '../media/frames.js'
import type { SoundSource } from '../media/sound-source.js'
import { SocketTransport } from '../node/tcp.js'

/** A channel whose sound Asterisk sends. */
export interface AudioSocketCallOptions {
  /** Which connection it is: what `expect()` of the server gave, or the dialplan chose. */
  readonly uuid: string
  /** What the caller says, as 16-bit sound of 8 kHz; silence behind it. @default silence */
  readonly says?: SoundSource | undefined
  /** @default the system's */
  readonly clock?: Clock | undefined
}

const SHAPE: OptionsShape<AudioSocketCallOptions> = {
  uuid: {
    expected: 'a UUID',
    accepts: (value) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(String(value)),
    isRequired: true,
  },
  says: { expected: 'sound', accepts: (value) => typeof value === 'object' && value !== null },
  clock: aClock,
}
const ADDRESS = { ...line, expected: 'host:port', accepts: (value: unknown) => /^.+:\d+$/.test(String(value)) }

/**
 * Asterisk's side of AudioSocket: connects to a server as `AudioSocket(uuid,host:port)` does, with a caller that says something, hears what is played,
 * and presses keys.
 *
 * @throws TypeError for an address or a UUID that is none.
 */
export class AudioSocketCaller implements Disposable {
  /** Rejects when the server cannot be reached. */
  readonly connected: Promise<void>
  readonly #sound: AudioSocketConnection
  readonly #transport: SocketTransport

  constructor(address: string, options: AudioSocketCallOptions) {
    checkOptions(options, SHAPE)
    checkOptions({ address }, { address: ADDRESS })
    const { uuid, says, clock = systemClock } = options
    const [, host = '', port = ''] = /^\[?(.+?)\]?:(\d+)$/.exec(address) ?? []
    const socket = connect({ host, port: Number(port) })
    const frames = new FrameReader()
    this.#transport = new SocketTransport(socket)
    socket.setNoDelay(true)
    let failure: Error | undefined
    this.connected = new Promise((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('close', () =>
        reject(new MediaProtocolError(`nobody takes AudioSocket at ${address}: ${failure?.message ?? 'closed'}`)),
      )
    })
    this.connected.catch(() => undefined)
    this.#transport.write(frameBytes(FrameKind.uuid, uuidBytes(uuid)))
    this.#sound = new AudioSocketConnection({
      uuid,
      remoteAddress: host,
      transport: this.#transport,
      clock,
      rate: 8_000,
      ended: () => undefined,
    })
    socket.on('error', (error) => {
      failure = error
    })
    socket.on('data', (data) => frames.read(data, ({ kind, payload }) => this.#sound.receive(kind, payload)))
    socket.on('close', () => this.#sound.end(new MediaClosedError('the server has ended the connection')))
    if (says !== undefined) void this.#sound.play(says)
  }

  /** Aborts when the connection is over. */
  get signal(): AbortSignal {
    return this.#sound.signal
  }

  /** What the caller hears, from now on, in frames. */
  hears(): AsyncIterableIterator<Uint8Array> {
    return this.#sound.audio({ maxBuffered: Number.POSITIVE_INFINITY })
  }

  /** The caller says this, behind what is being said. */
  async says(sound: SoundSource): Promise<void> {
    await this.#sound.play(sound)
  }

  /** Presses these keys, one after the other. */
  press(keys: string): void {
    for (const key of keys) this.#transport.write(frameBytes(FrameKind.digit, new TextEncoder().encode(key)))
  }

  /** Hangs up as Asterisk does: the connection ends without a last frame. */
  hangup(): void {
    this.#sound.end(new MediaClosedError('hung up'))
  }

  [Symbol.dispose](): void {
    this.hangup()
  }
}
