import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Facts } from '../../../support/facts.js'
import type { PBX } from '../pbx.js'

/** An event as it stood on the wire; names in lower case, the first value of each. */
export interface RawEvent {
  readonly name: string
  readonly fields: ReadonlyMap<string, string>
}

/** The office that a channel belongs to, by its name: `PJSIP/301-…`, `PJSIP/trunk3-…`, `Local/b301@…`. */
const CHANNEL_OF_OFFICE = /^(?:PJSIP\/(?:trunk)?|Local\/[a-z]?)([1-8])/

/** All that a server says to a session of its own, read by hand: nothing of the product is in it. */
export class AMIRecording {
  readonly facts: Facts = new Facts()
  readonly #socket: Socket
  readonly #events = new Map<number, RawEvent[]>()
  readonly #answers = new Map<string, RawEvent>()
  #rest = ''
  #actions = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (bytes) => this.#received(bytes.toString('latin1')))
    socket.on('error', () => undefined)
  }

  static async open({ port }: PBX): Promise<AMIRecording> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const recording = new AMIRecording(socket)
    await recording.ask('Login', { Username: 'admin', Secret: 's3cret' })
    return recording
  }

  /** What happened to an office's channels, from the beginning. */
  eventsOf(office: number): readonly RawEvent[] {
    return this.#events.get(office) ?? []
  }

  /** Forgets what happened to an office. */
  forget(office: number): void {
    this.#events.delete(office)
  }

  /** Sends an action, as any program might, and resolves with the answer. @throws Error when it is refused. */
  async ask(action: string, headers: Readonly<Record<string, string>>): Promise<RawEvent> {
    this.#actions += 1
    const id = `${action}-${this.#actions}`
    const lines = [`Action: ${action}`, `ActionID: ${id}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)]
    this.#socket.write(`${lines.join('\r\n')}\r\n\r\n`)
    const answer = await this.facts.until(() => this.#answers.get(id), `an answer to ${action}`)
    this.#answers.delete(id)
    if (answer.name === 'Error') throw new Error(`${action} was refused: ${answer.fields.get('message')}`)
    return answer
  }

  close(): void {
    this.#socket.destroy()
  }

  #received(text: string): void {
    const messages = (this.#rest + text).split('\r\n\r\n')
    this.#rest = messages.pop() ?? ''
    for (const message of messages) this.#message(message)
    this.facts.changed()
  }

  #message(text: string): void {
    const fields = new Map<string, string>()
    for (const line of text.split('\r\n')) {
      const colon = line.indexOf(': ')
      const name = line.slice(0, colon).toLowerCase()
      // A command's output is many lines of one name.
      const before = name === 'output' ? fields.get(name) : undefined
      if (colon > 0 && (before !== undefined || !fields.has(name)))
        fields.set(name, before === undefined ? line.slice(colon + 2) : `${before}\n${line.slice(colon + 2)}`)
    }
    const response = fields.get('response')
    const event = fields.get('event')
    if (event !== undefined) {
      const office = officeOf(fields)
      if (office === undefined) return
      const events = this.#events.get(office) ?? []
      this.#events.set(office, events)
      events.push({ name: event, fields })
    } else if (response !== undefined) this.#answers.set(fields.get('actionid') ?? '', { name: response, fields })
  }
}

function officeOf(fields: ReadonlyMap<string, string>): number | undefined {
  for (const value of fields.values()) {
    const office = CHANNEL_OF_OFFICE.exec(value)?.[1]
    if (office !== undefined) return Number(office)
  }
  return undefined
}
