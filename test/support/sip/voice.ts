import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { Facts } from '../facts.js'
import type { Address } from './endpoint.js'

const FRAME_MS = 20
const FRAME_BYTES = 160
const ULAW = 0
const TELEPHONE_EVENT = 101
const DIGITS = '0123456789*#ABCD'

/**
 * The sound of one call, G.711 µ-law over RTP. Everybody's silence is a tone of its own: one value, too low to be heard, over and over. Who receives it
 * unbroken hears its sender, whatever bridges and channels lie between.
 */
export class Voice {
  readonly #socket: Socket
  readonly #facts: Facts
  readonly #own: number
  readonly #ssrc = randomBytes(4)
  #peer: Address | undefined
  #timer: NodeJS.Timeout | undefined
  #isClosed = false
  #sequence = 0
  #time = 0
  /** Packets of the digits that are being pressed; while there are any, no voice is sent. */
  #digits: Buffer[] = []
  #sound = 0
  /** How many frames of each voice were heard. */
  readonly #heard = new Map<number, number>()

  private constructor(socket: Socket, own: number, facts: Facts) {
    this.#socket = socket
    this.#own = own
    this.#facts = facts
    socket.on('message', (packet) => this.#received(packet))
    socket.on('error', () => undefined)
  }

  /** `own` is the µ-law value of this side's silence; 255 is everybody's. */
  static async open(host: string, own: number, facts: Facts): Promise<Voice> {
    const socket = createSocket('udp4')
    socket.bind(0, host)
    await once(socket, 'listening')
    return new Voice(socket, own, facts)
  }

  get port(): number {
    return this.#socket.address().port
  }

  /** How many frames of a voice were heard so far. */
  heard(voice: number): number {
    return this.#heard.get(voice) ?? 0
  }

  get debug() {
    return this.#heard
  }
  /** How many frames were heard that are nobody's silence: music, announcements. */
  get heardSound(): number {
    return this.#sound
  }

  /** Sends to there from now on. */
  sendTo(peer: Address): void {
    this.#peer = peer
    this.#timer ??= setInterval(() => this.#tick(), FRAME_MS)
  }

  /** Presses digits, each 160 ms with a pause after it (RFC 2833). Resolves when the last one is sent, or nobody listens any more. */
  async press(digits: string): Promise<void> {
    for (const digit of digits) {
      const event = DIGITS.indexOf(digit)
      if (event < 0) throw new Error(`no such key: ${digit}`)
      const packet = (duration: number, hasEnded: boolean) => {
        const payload = Buffer.from([event, (hasEnded ? 0x80 : 0) | 10, 0, 0])
        payload.writeUInt16BE(duration, 2)
        return payload
      }
      const pressed = Array.from({ length: 5 }, (_, index) => packet((index + 1) * FRAME_BYTES, false))
      // The end comes three times, for it must not be lost.
      this.#digits.push(...pressed, ...Array.from({ length: 3 }, () => packet(6 * FRAME_BYTES, true)))
      await this.frames(pressed.length + 3)
      this.#time += 6 * FRAME_BYTES
      await this.frames(8)
    }
  }

  /** Waits until so many frames more have been sent: 20 ms each. */
  async frames(count: number): Promise<void> {
    const end = this.#sequence + count
    await this.#facts.until(() => this.#sequence >= end || this.#isClosed || undefined, 'sound is sent')
  }

  close(): void {
    this.#isClosed = true
    clearInterval(this.#timer)
    this.#socket.close()
  }

  #tick(): void {
    const digit = this.#digits.shift()
    if (digit !== undefined) this.#send(TELEPHONE_EVENT, this.#time, digit)
    else {
      this.#time += FRAME_BYTES
      this.#send(ULAW, this.#time, Buffer.alloc(FRAME_BYTES, this.#own))
    }
    if (this.#sequence % 4 === 0) this.#facts.changed()
  }

  #send(payloadType: number, time: number, payload: Buffer): void {
    const header = Buffer.alloc(12)
    header[0] = 0x80
    header[1] = payloadType
    header.writeUInt16BE(this.#sequence & 0xffff, 2)
    header.writeUInt32BE(time >>> 0, 4)
    this.#ssrc.copy(header, 8)
    this.#sequence += 1
    if (this.#peer !== undefined) this.#socket.send([header, payload], this.#peer.port, this.#peer.host)
  }

  #received(packet: Buffer): void {
    if (packet.length !== 12 + FRAME_BYTES || ((packet[1] ?? 0) & 0x7f) !== ULAW) return
    const voice = packet[12] as number
    if (packet.subarray(12).every((value) => value === voice)) this.#heard.set(voice, this.heard(voice) + 1)
    else this.#sound += 1
    this.#facts.changed()
  }
}
