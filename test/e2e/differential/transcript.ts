import type { AMIEvent, AMIResponse } from 'obelus-asterisk'

/** Headers whose values are compared, beside the names of all. */
const COMPARED: ReadonlySet<string> = new Set([
  'Abandoned',
  'Application',
  'Available',
  'BridgeNumChannels',
  'BridgeTechnology',
  'BridgeType',
  'CallerIDName',
  'CallerIDNum',
  'Callers',
  'Calls',
  'CallsTaken',
  'Cause',
  'Cause-txt',
  'Class',
  'Completed',
  'ChannelState',
  'ChannelStateDesc',
  'ConnectedLineName',
  'ConnectedLineNum',
  'Context',
  'Count',
  'Data',
  'Device',
  'DestChannelState',
  'DialStatus',
  'Digit',
  'Direction',
  'Exten',
  'Interface',
  'LocalOptimization',
  'Location',
  'LoggedIn',
  'Max',
  'MemberName',
  'Membership',
  'Name',
  'OriginalPosition',
  'Paused',
  'PausedReason',
  'Penalty',
  'Position',
  'Queue',
  'Reason',
  'Response',
  'Result',
  'Ringinuse',
  'ServicelevelPerf',
  'ServicelevelPerf2',
  'State',
  'StateInterface',
  'Status',
  'Strategy',
  'TechCause',
  'Variable',
])
/** Events that any server sends on its own account, and not for the program. */
const UNRELATED =
  /^(RTCP|Registry|ContactStatus|PeerStatus|SuccessfulAuth|ChallengeSent|FullyBooted|LoadAverage|InvalidPassword|InvalidAccountID|ChallengeResponseFailed|RequestBadFormat|Reload|Load|Unload|TestEvent)/
/** Events that another thread than the channel's sends: their place among those of the channel is by chance. */
const OF_OTHER_THREADS: ReadonlySet<string> = new Set([
  'AgentComplete',
  'ConfbridgeJoin',
  'ConfbridgeLeave',
  'OriginateResponse',
  'UserEvent',
])
/** The far end of the phones of a real server, which calls itself. */
const FAR_END = /^PJSIP\/loop\b/

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
    const items = response.events.map((item) => `${action}: item ${lineOf(item)}`)
    // These are kept by a hash of their names.
    this.#answers.push(...(/^(Status|CoreShowChannels)$/.test(action) ? items.sort() : items))
    const { completion } = response
    if (completion !== undefined) this.#answers.push(`${action}: end ${lineOf(completion)}`)
  }

  event(event: AMIEvent): void {
    const get = (name: string) => event.get(name)
    const channel = get('Channel') ?? get('LocalOneChannel') ?? get('DestChannel') ?? get('Device') ?? ''
    const ofList = get('Privilege') === undefined && get('ActionID') !== undefined
    if (ofList || UNRELATED.test(event.name) || FAR_END.test(channel)) return
    if (event.name === 'Newchannel') this.#alive.add(get('Uniqueid') ?? '')
    if (event.name === 'Hangup') this.#alive.delete(get('Uniqueid') ?? '')
    const id = event.name.startsWith('Dial') ? get('DestUniqueid') : (get('Uniqueid') ?? get('LocalOneUniqueid'))
    const line = lineOf(event)
    // A Local channel's device tells each of its changes, when another thread comes to it: how often it tells the same is by chance.
    if (/^DeviceStateChange Device=Local/.test(line) && this.#others.includes(line)) return
    if (id === undefined || OF_OTHER_THREADS.has(event.name)) this.#others.push(line)
    else this.#add(this.#linesOf(id, channel), event.name, line)
  }

  /**
   * The thread that dials and the one that hangs up speak of a channel while its own does: the place of the first among the channel's events, and
   * what the second shows of the channel besides the cause, are by chance.
   */
  #add(lines: string[], name: string, line: string): void {
    if (name === 'DialBegin') lines.splice(0, 0, line.replace(/DestChannelState=\d+ ?/, ''))
    else if (name === 'Newstate' && /^HangupRequest /.test(lines.at(-1) ?? '')) lines.splice(-1, 0, line)
    else if (name === 'DialState') lines.splice(1, 0, line.replace(/DestChannelState=\d+ ?/, ''))
    else if (/^(Soft)?HangupRequest$/.test(name))
      lines.push(line.replace(/(ChannelState|ChannelStateDesc|CallerIDNum|ConnectedLineNum|Exten)=\S+ /g, ''))
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

/** What is compared of an event. */
function lineOf(event: AMIEvent): string {
  const values = [...event.entries()].filter(([name]) => COMPARED.has(name)).map(([name, value]) => `${name}=${value}`)
  return `${event.name} ${values.join(' ')} [${headersOf(event)}]`
}

/** The names of a message's headers, but for those that say when and for whom. */
function headersOf(message: AMIEvent | AMIResponse): string {
  const names = [...message.entries()].map(([name]) => name)
  return names.filter((name) => !['ActionID', 'Event', 'Response', 'Message', 'Privilege', 'Timestamp'].includes(name)).join(' ')
}
