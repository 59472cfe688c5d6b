import { asError } from '../core/errors.js'

const encoder = new TextEncoder()

/** What is used of a `Blob`. */
interface BlobLike {
  arrayBuffer(): Promise<ArrayBuffer>
}

/** Who takes what a WebSocket brings. */
export interface FrameReceiver {
  dataReceived(data: Uint8Array): void
  /** A frame came that cannot be read. */
  failed(reason: string): void
}

/**
 * Hands on the frames of a WebSocket in their order: text, buffers and views at once, a Blob when it is read, as some
 * implementations make Blobs whatever they are told.
 */
export class Frames {
  readonly #receiver: FrameReceiver
  /** Set while a Blob is read: what comes meanwhile waits behind it. */
  #reading: Promise<void> | undefined

  constructor(receiver: FrameReceiver) {
    this.#receiver = receiver
  }

  push(data: unknown): void {
    if (isBlob(data)) this.#later(() => this.#read(data))
    else this.afterwards(() => this.#handOn(data))
  }

  /** Calls back when everything that came before is handed on. */
  afterwards(then: () => void): void {
    if (this.#reading === undefined) then()
    else this.#later(then)
  }

  #later(step: () => void | Promise<void>): void {
    const reading = (this.#reading ?? Promise.resolve()).then(step)
    this.#reading = reading
    void reading.then(() => {
      if (this.#reading === reading) this.#reading = undefined
    })
  }

  async #read(blob: BlobLike): Promise<void> {
    try {
      this.#handOn(await blob.arrayBuffer())
    } catch (error) {
      this.#receiver.failed(`a Blob could not be read: ${asError(error).message}`)
    }
  }

  #handOn(data: unknown): void {
    const bytes = bytesOf(data)
    if (bytes === undefined) this.#receiver.failed('a frame came that is neither text nor bytes')
    else this.#receiver.dataReceived(bytes)
  }
}

function isBlob(data: unknown): data is BlobLike {
  return typeof data === 'object' && data !== null && typeof (data as Partial<BlobLike>).arrayBuffer === 'function'
}

function bytesOf(data: unknown): Uint8Array | undefined {
  if (typeof data === 'string') return encoder.encode(data)
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  // One of another realm is no instance of this one's ArrayBuffer.
  return Object.prototype.toString.call(data) === '[object ArrayBuffer]' ? new Uint8Array(data as ArrayBuffer) : undefined
}
