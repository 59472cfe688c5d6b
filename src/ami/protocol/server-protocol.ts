import { checkOptions, encoding, line, type OptionsShape } from '../../core/options.js'
import { type TextCodec, textCodec } from '../../core/text-codec.js'
import type { Protocol, Transport } from '../../core/transport.js'
import { ActionReader, type AMIAction, type ReadAction } from './action-reader.js'

/** The headers of a message that a server sends: pairs in order, or an object whose arrays repeat a header. */
export type ServerHeaders = Iterable<readonly [name: string, value: unknown]> | Readonly<Record<string, unknown>>

export interface AMIServerProtocolOptions {
  /** @default 'utf-8' */
  readonly encoding?: string | undefined
  /** The first line. @default 'Asterisk Call Manager/11.0.0' (Asterisk 22) */
  readonly greeting?: string | undefined
}

const SHAPE: OptionsShape<AMIServerProtocolOptions> = { encoding, greeting: line }

/**
 * The server's side of AMI, without I/O, with a real server's rules for what it reads. Values are written as they are:
 * Asterisk does not check them either.
 *
 * Methods named `…Received` are hooks to override.
 */
export class AMIServerProtocol implements Protocol {
  readonly #codec: TextCodec
  readonly #greeting: string
  readonly #reader: ActionReader
  #transport: Transport | undefined

  /** @throws TypeError or RangeError that names a wrong option and quotes its value. */
  constructor(options: AMIServerProtocolOptions = {}) {
    checkOptions(options, SHAPE)
    this.#codec = textCodec(options.encoding ?? 'utf-8')
    this.#greeting = options.greeting ?? 'Asterisk Call Manager/11.0.0'
    this.#reader = new ActionReader(
      (bytes) => this.#codec.decode(bytes),
      (message) => this.#read(message),
    )
  }

  connectionMade(transport: Transport): void {
    this.#transport = transport
    this.#write(`${this.#greeting}\r\n`)
  }

  dataReceived(data: Uint8Array): void {
    this.#reader.push(data)
  }

  connectionLost(_error?: Error): void {
    this.#transport = undefined
  }

  /** Sends `Response: <type>`, the action's ActionID if it had one, then the headers. */
  sendResponse(type: string, actionId: string, headers: ServerHeaders = {}): void {
    this.#write(`Response: ${type}\r\n${actionIdLine(actionId)}${headerLines(headers)}\r\n`)
  }

  /** Sends an event; with an ActionID it is an item of a list. */
  sendEvent(name: string, headers: ServerHeaders = {}, actionId = ''): void {
    this.sendRaw(this.eventBytes(name, headers, actionId))
  }

  /** An event as `sendEvent` sends it. @throws RangeError for characters that the encoding does not have. */
  protected eventBytes(name: string, headers: ServerHeaders, actionId = ''): Uint8Array {
    return this.#encoded(`Event: ${name}\r\n${actionIdLine(actionId)}${headerLines(headers)}\r\n`)
  }

  /** Sends bytes as they are. */
  sendRaw(bytes: Uint8Array): void {
    this.#transport?.write(bytes)
  }

  /** Ends the connection. */
  close(): void {
    this.#transport?.close()
  }

  /** Hook: an action was read. */
  actionReceived(_action: AMIAction): void {}

  #read(message: ReadAction): void {
    if (message.kind === 'action') this.actionReceived(message.action)
    else this.sendResponse('Error', message.actionId, { Message: message.message })
  }

  #write(text: string): void {
    this.sendRaw(this.#encoded(text))
  }

  #encoded(text: string): Uint8Array {
    const bytes = this.#codec.encode(text)
    if (bytes === undefined)
      throw new RangeError(`A message to the client holds characters that ${this.#codec.encoding} cannot write`)
    return bytes
  }
}

function actionIdLine(actionId: string): string {
  return actionId === '' ? '' : `ActionID: ${actionId}\r\n`
}

function headerLines(headers: ServerHeaders): string {
  let lines = ''
  const pairs = Symbol.iterator in headers ? headers : Object.entries(headers)
  for (const [name, value] of pairs as Iterable<readonly [string, unknown]>) {
    if (value === undefined) continue
    for (const each of Array.isArray(value) ? value : [value]) lines += `${name}: ${String(each)}\r\n`
  }
  return lines
}
