import type { AMIEvent, AMIResponse } from 'obelus-asterisk'

/** Headers whose values are compared, beside the names of all. */
const COMPARED: ReadonlySet<string> = new Set([
  'Application',
  'BridgeNumChannels',
  'BridgeTechnology',
  'BridgeType',
  'CallerIDName',
  'CallerIDNum',
  'Cause',
  'Cause-txt',
  'ChannelState',
  'ChannelStateDesc',
  'ConnectedLineName',
  'ConnectedLineNum',
  'Context',
  'Data',
  'DestChannelState',
  'DialStatus',
  'Digit',
  'Direction',
  'Exten',
  'LocalOptimization',
  'Reason',
  'Response',
  'Result',
  'TechCause',
])
/** Events that any server sends on its own account, and not for the program. */
const UNRELATED =
  /^(RTCP|Registry|ContactStatus|PeerStatus|SuccessfulAuth|ChallengeSent|FullyBooted|LoadAverage|InvalidPassword|InvalidAccountID|ChallengeResponseFailed|RequestBadFormat|Reload|Load|Unload|TestEvent)/
/** The far end of the phones of a real server, which calls itself. */
const FAR_END = /^PJSIP\/loop-/

/** What a server answered and sent, channel by channel: threads of different channels overtake one another, those of one do not. */
export class Transcript {
  readonly #answers: string[] = []
  readonly #channels = new Map<string, string[]>()
  readonly #others: string[] = []
  readonly #names = new Map<string, string>()
  readonly #alive = new Set<string>()

  get channelsAlive(): number {
    return this.#alive.size
  }

  get lines(): readonly string[] {
    const channels = [...this.#channels.values()].flatMap((lines, at) => lines.map((line) => `channel ${at + 1}: ${line}`))
    return [...this.#answers, ...channels, ...this.#others.sort()].map((line) => this.#anonymous(line))
  }

  note(text: string): void {
    this.#answers.push(text)
  }

  answer(action: string, response: AMIResponse): void {
    const { type, message } = response
    this.#answers.push(`${action}: ${type} ${JSON.stringify(message)} [${headersOf(response)}]`)
    for (const item of response.events) this.#answers.push(`${action}: item ${item.name} [${headersOf(item)}]`)
    const { completion } = response
    if (completion !== undefined) this.#answers.push(`${action}: end ${completion.name} [${headersOf(completion)}]`)
  }

  event(event: AMIEvent): void {
    const get = (name: string) => event.get(name)
    const channel = get('Channel') ?? get('LocalOneChannel') ?? get('DestChannel') ?? ''
    const ofList = get('Privilege') === undefined && get('ActionID') !== undefined
    if (ofList || UNRELATED.test(event.name) || FAR_END.test(channel)) return
    if (event.name === 'Newchannel') this.#alive.add(get('Uniqueid') ?? '')
    if (event.name === 'Hangup') this.#alive.delete(get('Uniqueid') ?? '')
    const id = event.name.startsWith('Dial') ? get('DestUniqueid') : (get('Uniqueid') ?? get('LocalOneUniqueid'))
    const values = [...event.entries()].filter(([name]) => COMPARED.has(name)).map(([name, value]) => `${name}=${value}`)
    const line = `${event.name} ${values.join(' ')} [${headersOf(event)}]`
    if (id === undefined || event.name === 'OriginateResponse' || event.name === 'UserEvent') this.#others.push(line)
    else this.#add(this.#linesOf(id, channel), event.name, line)
  }

  /**
   * The thread that dials and the one that hangs up speak of a channel while its own does: the place of the first among the channel's events, and
   * what the second shows of the channel besides the cause, are by chance.
   */
  #add(lines: string[], name: string, line: string): void {
    if (name === 'DialBegin') lines.splice(1, 0, line.replace(/DestChannelState=\d+ ?/, ''))
    else if (name === 'Newstate' && /^(DialState|HangupRequest) /.test(lines.at(-1) ?? '')) lines.splice(-1, 0, line)
    else if (name === 'DialState') lines.push(line.replace(/DestChannelState=\d+ ?/, ''))
    else if (/^(Soft)?HangupRequest$/.test(name))
      lines.push(line.replace(/(ChannelState|ChannelStateDesc|CallerIDNum|ConnectedLineNum)=\S+ /g, ''))
    else lines.push(line)
  }

  #linesOf(id: string, channel: string): string[] {
    const lines = this.#channels.get(id) ?? []
    if (lines.length === 0) {
      this.#channels.set(id, lines)
      this.#names.set(channel, `<channel ${this.#channels.size}>`)
    }
    return lines
  }

  /** Names of channels, bridges and times differ from run to run. */
  #anonymous(line: string): string {
    let text = line
    for (const [name, label] of this.#names) if (name !== '') text = text.replaceAll(name, label)
    return text
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
      .replaceAll(/\b1\d{9}\.\d+/g, '<id>')
  }
}

/** The names of a message's headers, but for those that say when and for whom. */
function headersOf(message: AMIEvent | AMIResponse): string {
  const names = [...message.entries()].map(([name]) => name)
  return names.filter((name) => !['ActionID', 'Event', 'Response', 'Message', 'Privilege', 'Timestamp'].includes(name)).join(' ')
}
