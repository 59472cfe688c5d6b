import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { FrameKind, FrameReader, frameBytes, uuidBytes } from 'obelus-asterisk/media'

/** Asterisk's side of an AudioSocket connection. */
export class AudioSocketPeer {
  readonly socket: Socket
  readonly closed: Promise<unknown>
  readonly sent: { readonly kind: number; readonly payload: Uint8Array }[] = []

  constructor(port: number, uuid?: string) {
    this.socket = connect(port, '127.0.0.1')
    this.closed = once(this.socket, 'close')
    const reader = new FrameReader()
    this.socket.on('data', (data) =>
      reader.read(data, ({ kind, payload }) => this.sent.push({ kind, payload: new Uint8Array(payload) }) > 0),
    )
    this.socket.on('error', () => undefined)
    if (uuid !== undefined) this.send(FrameKind.uuid, uuidBytes(uuid))
  }

  send(kind: number, payload: Uint8Array): void {
    this.socket.write(frameBytes(kind, payload))
  }
}
