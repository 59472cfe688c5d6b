import { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { AGIProtocolError } from '../agi/errors.js'

/** Where Asterisk writes the sound (`res/res_agi.c`). */
const AUDIO_FD = 3
/** 20 ms of signed linear sound of 16 bits and 8 kHz. */
const FRAME_BYTES = 320

/** The caller's sound, which EAGI writes into a pipe, as frames. What nobody reads is dropped by Asterisk once the pipe is full. */
export class CallerAudio implements AsyncIterable<Uint8Array> {
  readonly #pipe: Readable

  constructor(pipe: Readable) {
    this.#pipe = pipe
    pipe.on('error', () => undefined)
  }

  /** The pipe that this program was given. @throws AGIProtocolError where there is none. */
  static open(): CallerAudio {
    try {
      return new CallerAudio(new Socket({ fd: AUDIO_FD, readable: true, writable: false }))
    } catch {
      throw new AGIProtocolError('Asterisk gave this program no sound on descriptor 3')
    }
  }

  /** The sound ends here; loops over it are over. Idempotent. */
  end(): void {
    this.#pipe.destroy()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    let rest: Uint8Array = new Uint8Array(0)
    try {
      for await (const data of this.#pipe.iterator({ destroyOnReturn: false })) {
        const all = Buffer.concat([rest, data as Buffer])
        const whole = all.length - (all.length % FRAME_BYTES)
        for (let at = 0; at < whole; at += FRAME_BYTES) yield all.subarray(at, at + FRAME_BYTES)
        rest = all.subarray(whole)
      }
    } catch (error) {
      // A loop over a stream that is destroyed throws.
      if (!this.#pipe.destroyed) throw error
    }
  }
}
