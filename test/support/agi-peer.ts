import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Transport } from 'obelus-asterisk/protocol'
import { AGIProtocol, type AGIProtocolOptions } from 'obelus-asterisk/protocol'
import { HANGUP_QUESTION } from '../../src/agi/application-answer.js'

const encoder = new TextEncoder()

/** A protocol, what it wrote, and what it told of. */
export class AGIPeer extends AGIProtocol implements Transport {
  readonly written: string[] = []
  readonly told: string[] = []
  readonly warnings: string[] = []
  /** Whether it answers at once what the session asks behind EXEC and GOSUB; else that is written too. */
  answersQuestions = true
  closed = false
  endedBy: Error | undefined

  constructor(options: AGIProtocolOptions = {}) {
    super(options)
    this.connectionMade(this)
  }

  write(data: Uint8Array): void {
    const line = new TextDecoder().decode(data)
    if (this.answersQuestions && line === `${HANGUP_QUESTION}\n`) this.feed('200 result=0\n')
    else this.written.push(line)
  }

  override close(): void {
    if (this.closed) return
    this.closed = true
    super.close()
  }

  override sessionStarted(): void {
    this.told.push('started')
  }

  override hangupReceived(): void {
    this.told.push('hangup')
  }

  override strayReceived(text: string): void {
    this.told.push(`stray ${JSON.stringify(text)}`)
  }

  override warningRaised(message: string): void {
    this.warnings.push(message)
  }

  override sessionEnded(error?: Error): void {
    this.told.push('ended')
    this.endedBy = error
  }

  /** Text, whole or in pieces. */
  feed(text: string, split: (bytes: Uint8Array) => Iterable<Uint8Array> = (bytes) => [bytes]): void {
    for (const piece of split(encoder.encode(text))) this.dataReceived(piece)
  }
}

/** An environment as Asterisk 22 sends it, with variables of one's own in place of some. */
export function environment(changes: Readonly<Record<string, string>> = {}, args: readonly string[] = []): string {
  const variables: Record<string, string> = {
    network: 'yes',
    network_script: 'hello',
    request: 'agi://127.0.0.1/hello',
    channel: 'PJSIP/100-00000001',
    language: 'en',
    type: 'PJSIP',
    uniqueid: '1795404116.195',
    version: '22.10.1',
    callerid: '1001',
    calleridname: 'unknown',
    callingpres: '0',
    callingani2: '0',
    callington: '0',
    callingtns: '0',
    dnid: 'unknown',
    rdnis: 'unknown',
    context: 'default',
    extension: '200',
    priority: '2',
    enhanced: '0.0',
    accountcode: '',
    threadid: '139624899364544',
    ...changes,
  }
  const lines = Object.entries(variables).map(([name, value]) => `agi_${name}: ${value}\n`)
  return [...lines, ...args.map((arg, at) => `agi_arg_${at + 1}: ${arg}\n`), '\n'].join('')
}

/** A piece of a recorded session. */
export interface RecordedPiece {
  readonly dir: 'from-asterisk' | 'to-asterisk' | 'closed-by-asterisk'
  readonly text: string
}

export function recordedSession(name: string): RecordedPiece[] {
  const path = fileURLToPath(new URL(`../fixtures/agi/${name}.timeline.jsonl`, import.meta.url))
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { dir: RecordedPiece['dir']; latin1?: string })
    .map(({ dir, latin1 = '' }) => ({ dir, text: Buffer.from(latin1, 'latin1').toString('utf8') }))
}
