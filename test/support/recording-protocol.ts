import { type AMIEvent, AMIProtocol, type AMIProtocolOptions, type AMIResponse, type Transport } from 'obelus-asterisk/protocol'

/** A protocol that notes everything it is told, with a transport that keeps what is written. */
export class RecordingProtocol extends AMIProtocol {
  readonly greetings: [string, string][] = []
  readonly events: AMIEvent[] = []
  readonly unmatched: AMIResponse[] = []
  readonly unknown: string[] = []
  readonly late: AMIResponse[] = []
  readonly malformed: string[] = []
  readonly callbackErrors: unknown[] = []
  readonly written: Uint8Array[] = []
  closed = false

  constructor(options: AMIProtocolOptions = {}) {
    super(options)
    const transport: Transport = {
      write: (data) => this.written.push(data.slice()),
      close: () => {
        this.closed = true
        this.connectionLost()
      },
    }
    this.connectionMade(transport)
  }

  /** What was written, as text. */
  get writtenText(): string {
    return this.written.map((bytes) => new TextDecoder().decode(bytes)).join('')
  }

  /** Feeds text. */
  feed(text: string): void {
    this.dataReceived(new TextEncoder().encode(text))
  }

  override greetingReceived(apiName: string, apiVersion: string): void {
    this.greetings.push([apiName, apiVersion])
  }

  override unhandledEventReceived(event: AMIEvent): void {
    this.events.push(event)
  }

  override unmatchedResponseReceived(response: AMIResponse): void {
    this.unmatched.push(response)
  }

  override unknownMessageReceived(text: string): void {
    this.unknown.push(text)
  }

  override lateResponseReceived(response: AMIResponse): void {
    this.late.push(response)
  }

  override malformedLineReceived(line: string): void {
    this.malformed.push(line)
  }

  override callbackFailed(error: unknown): void {
    this.callbackErrors.push(error)
  }
}

export const GREETING = 'Asterisk Call Manager/11.0.0\r\n'
