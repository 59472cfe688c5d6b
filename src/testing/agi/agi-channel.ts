import { HANGUP_QUESTION } from '../../agi/application-answer.js'
import { type CallerId, parseCallerId } from '../../core/caller-id.js'
import { callback, listOf, type OptionsShape, recordOf, text } from '../../core/options.js'
import { isApplication } from '../application-names.js'
import { type Listening, listeningTo } from './listening.js'
import { substitute } from './substitution.js'

/** What a simulated channel is, and what its caller does. */
export interface AGIChannelOptions {
  /** What the dialplan gives the script. */
  readonly args?: readonly string[] | undefined
  /** The caller, as `"Ann" <100>` or a number. @default withheld */
  readonly callerId?: string | undefined
  /** @default 'PJSIP/100-00000001' */
  readonly channel?: string | undefined
  /** @default '1700000000.1' */
  readonly uniqueId?: string | undefined
  /** @default 'default' */
  readonly context?: string | undefined
  /** @default 's' */
  readonly exten?: string | undefined
  /** @deprecated The former name of `exten`. */
  readonly extension?: string | undefined
  readonly variables?: Readonly<Record<string, string>> | undefined
  /** `family/key`. */
  readonly database?: Readonly<Record<string, string>> | undefined
  /** The keys that the caller presses, one after the other, when the script listens. When there are no more, every wait is over at once. */
  readonly keys?: string | undefined
  /** The files that are there. @default all */
  readonly files?: readonly string[] | undefined
  /**
   * What applications give, and what they set of the channel's variables. Without it, `Set` sets, `Hangup` hangs up, `Dial` reaches nobody, `Queue` finds no queue, others of
   * Asterisk give 0, and those that it does not have -2.
   */
  readonly applications?: Readonly<Record<string, (data: string, variables: Map<string, string>) => number>> | undefined
  /** The subroutines that GOSUB finds, as `context,extension,priority`. @default none */
  readonly subroutines?: readonly string[] | undefined
}

export const AGI_CHANNEL_SHAPE: OptionsShape<AGIChannelOptions> = {
  args: listOf(text),
  callerId: text,
  channel: text,
  uniqueId: text,
  context: text,
  exten: text,
  extension: text,
  variables: recordOf(text),
  database: recordOf(text),
  keys: text,
  files: listOf(text),
  applications: recordOf(callback),
  subroutines: listOf(text),
}

/** How many arguments a command takes, which of them is a number, and whether it works on a channel that has hung up. */
interface CommandFacts {
  readonly least: number
  readonly most?: number | undefined
  readonly numberAt?: number | undefined
  readonly worksAfterHangup?: true | undefined
}

/** `res/res_agi.c`, of 16.28 and 22.10. */
const COMMANDS: Readonly<Record<string, CommandFacts>> = {
  ANSWER: { least: 0 },
  'ASYNCAGI BREAK': { least: 0, worksAfterHangup: true },
  'CHANNEL STATUS': { least: 0, most: 1 },
  'CONTROL STREAM FILE': { least: 2 },
  'DATABASE DEL': { least: 2, worksAfterHangup: true },
  'DATABASE DELTREE': { least: 1, worksAfterHangup: true },
  'DATABASE GET': { least: 2, worksAfterHangup: true },
  'DATABASE PUT': { least: 3, worksAfterHangup: true },
  EXEC: { least: 1, worksAfterHangup: true },
  'GET DATA': { least: 1 },
  'GET FULL VARIABLE': { least: 1, worksAfterHangup: true },
  'GET OPTION': { least: 2 },
  'GET VARIABLE': { least: 1, worksAfterHangup: true },
  GOSUB: { least: 3 },
  HANGUP: { least: 0, most: 1 },
  NOOP: { least: 0, worksAfterHangup: true },
  'RECEIVE CHAR': { least: 1 },
  'RECEIVE TEXT': { least: 1 },
  'RECORD FILE': { least: 4 },
  'SAY ALPHA': { least: 2 },
  'SAY DATE': { least: 2 },
  'SAY DATETIME': { least: 2 },
  'SAY DIGITS': { least: 2 },
  'SAY NUMBER': { least: 2, numberAt: 0 },
  'SAY PHONETIC': { least: 2 },
  'SAY TIME': { least: 2 },
  'SEND IMAGE': { least: 1 },
  'SEND TEXT': { least: 1 },
  'SET AUTOHANGUP': { least: 1, numberAt: 0 },
  'SET CALLERID': { least: 1 },
  'SET CONTEXT': { least: 1 },
  'SET EXTENSION': { least: 1 },
  'SET MUSIC': { least: 1 },
  'SET PRIORITY': { least: 1, numberAt: 0 },
  'SET VARIABLE': { least: 2, worksAfterHangup: true },
  'SPEECH ACTIVATE GRAMMAR': { least: 1 },
  'SPEECH CREATE': { least: 1 },
  'SPEECH DEACTIVATE GRAMMAR': { least: 1 },
  'SPEECH DESTROY': { least: 0, worksAfterHangup: true },
  'SPEECH LOAD GRAMMAR': { least: 2 },
  'SPEECH RECOGNIZE': { least: 2 },
  'SPEECH SET': { least: 2 },
  'SPEECH UNLOAD GRAMMAR': { least: 1, worksAfterHangup: true },
  'STREAM FILE': { least: 2 },
  'TDD MODE': { least: 1 },
  VERBOSE: { least: 1, worksAfterHangup: true },
  'WAIT FOR DIGIT': { least: 1, numberAt: 0 },
}
const DEAD_CHANNEL = '511 Command Not Permitted on a dead channel or intercept routine\n'
const DONE = '200 result=0\n'
const FAILED = '200 result=-1\n'
/** What the failing of these leaves: AGISTATUS is FAILURE. */
const FAILING: ReadonlySet<string> = new Set([
  'CONTROL STREAM FILE',
  'GET DATA',
  'GET OPTION',
  'GOSUB',
  'RECEIVE CHAR',
  'RECEIVE TEXT',
  'RECORD FILE',
  'STREAM FILE',
])
const NO_SUCH_APPLICATION = -2
const CHANNEL = 'PJSIP/100-00000001'
const UNIQUE_ID = '1700000000.1'
const ONE = '200 result=1\n'
/** Where what is played ends, in samples. */
const PLAYED = 8_000

/** Asterisk's side of AGI for one channel: answers commands as Asterisk 16 and 22 do, at once. */
export class AGIChannel {
  readonly #options: AGIChannelOptions
  readonly #commands: string[] = []
  readonly variables: Map<string, string>
  readonly database: Map<string, string>
  #keys: string
  isAnswered = false
  isHungUp = false
  /** Whether a command has failed while the caller was there. */
  hasFailed = false
  #caller: CallerId

  constructor(options: AGIChannelOptions) {
    this.#options = options
    this.#keys = options.keys ?? ''
    this.#caller = parseCallerId(options.callerId ?? '')
    this.variables = new Map(Object.entries(options.variables ?? {}))
    this.database = new Map(Object.entries(options.database ?? {}))
  }

  get args(): readonly string[] {
    return this.#options.args ?? []
  }

  get commands(): readonly string[] {
    return this.#commands
  }

  /** The keys that no command has heard yet. */
  get keys(): string {
    return this.#keys
  }

  press(keys: string): void {
    this.#keys += keys
  }

  environment({ request, script }: { readonly request: string; readonly script?: string | undefined }): string {
    const { args = [], callerId = '', channel = CHANNEL, uniqueId = UNIQUE_ID } = this.#options
    const { context = 'default', extension = 's', exten = extension } = this.#options
    const caller = parseCallerId(callerId)
    const variables: readonly (readonly [string, string])[] = [
      ...(script === undefined ? [] : ([['network', 'yes']] as const)),
      ...(script === undefined || script === '' ? [] : ([['network_script', script]] as const)),
      ['request', request],
      ['channel', channel],
      ['language', 'en'],
      ['type', channel.split('/')[0] ?? ''],
      ['uniqueid', uniqueId],
      ['version', '22.10.1'],
      ['callerid', caller.number || 'unknown'],
      ['calleridname', caller.name || 'unknown'],
      ['callingpres', '0'],
      ['callingani2', '0'],
      ['callington', '0'],
      ['callingtns', '0'],
      ['dnid', 'unknown'],
      ['rdnis', 'unknown'],
      ['context', context],
      ['extension', exten],
      ['priority', '1'],
      ['enhanced', '0.0'],
      ['accountcode', ''],
      ['threadid', '139624899364544'],
      ...args.map((arg, at) => [`arg_${at + 1}`, arg] as const),
    ]
    return `${variables.map(([name, value]) => `agi_${name}: ${value}\n`).join('')}\n`
  }

  /** The answer to a command; `hangsUp`: the caller hangs up while it runs. */
  execute(line: string, hangsUp: boolean): string {
    // The session's own question, none of the script's commands.
    if (line === HANGUP_QUESTION) return DONE
    this.#commands.push(line)
    const words = parseWords(line)
    const [command, facts] = commandOf(words)
    if (facts === undefined) return '510 Invalid or unknown command\n'
    const args = words.slice(command.split(' ').length)
    if (!isComplete(args, facts)) return usageOf(command)
    if (this.isHungUp && !facts.worksAfterHangup) return DEAD_CHANNEL
    if (hangsUp && !facts.worksAfterHangup && command !== 'HANGUP') {
      this.isHungUp = true
      return command === 'RECORD FILE' ? `200 result=-1 (hangup) endpos=${PLAYED}\n` : `200 result=-1 endpos=${PLAYED}\n`
    }
    if (hangsUp) this.isHungUp = true
    const answer = this.#answer(command, args)
    const reply = hangsUp && command === 'EXEC' ? FAILED : answer
    if (!this.isHungUp && FAILING.has(command) && reply.startsWith('200 result=-1')) this.hasFailed = true
    return reply
  }

  #answer(command: string, args: readonly string[]): string {
    const [first = '', second = '', third = ''] = args
    switch (command) {
      case 'ANSWER':
        this.isAnswered = true
        return DONE
      case 'CHANNEL STATUS':
        if (this.#isOther(first)) return FAILED
        return `200 result=${this.isAnswered ? 6 : 4}\n`
      case 'HANGUP':
        if (this.#isOther(first)) return FAILED
        this.isHungUp = true
        return ONE
      case 'STREAM FILE':
      case 'GET OPTION':
      case 'CONTROL STREAM FILE':
        return this.#isThere(first) ? `200 result=${this.#interruption(second)} endpos=${PLAYED}\n` : '200 result=-1 endpos=0\n'
      case 'GET DATA':
        return this.#isThere(first) ? this.#data(Number(third || 1024)) : '200 result=-1\n'
      case 'WAIT FOR DIGIT':
        return `200 result=${this.#interruption('0123456789*#')}\n`
      case 'RECORD FILE': {
        const key = this.#interruption(third)
        return `200 result=${key} (${key === 0 ? 'timeout' : 'dtmf'}) endpos=${PLAYED}\n`
      }
      case 'GOSUB':
        return this.#options.subroutines?.includes(`${first},${second},${third}`)
          ? '100 result=0 Trying...\n200 result=0 Gosub complete\n'
          : '200 result=-1 Gosub label not found\n'
      case 'EXEC':
        return `200 result=${this.#run(first, second)}\n`
      case 'SET CALLERID':
        this.#caller = parseCallerId(first)
        return ONE
      case 'RECEIVE CHAR':
        return '200 result=0 (timeout)\n'
      case 'RECEIVE TEXT':
        return '200 result=-1\n'
      case 'VERBOSE':
        return ONE
      default:
        if (command.startsWith('SAY ')) return `200 result=${this.#interruption(second)}\n`
        return this.#stored(command, args) ?? DONE
    }
  }

  #stored(command: string, [first = '', second = '', third = '']: readonly string[]): string | undefined {
    const value = (found: string | undefined) => (found === undefined ? DONE : `200 result=1 (${found})\n`)
    switch (command) {
      case 'GET VARIABLE':
        return value(this.variable(first))
      case 'SET VARIABLE':
        this.variables.set(first, second)
        return ONE
      case 'GET FULL VARIABLE':
        if (this.#isOther(second)) return DONE
        return value(
          substitute(first, { get: (name) => this.variable(name) ?? '', set: (name, text) => this.variables.set(name, text) }),
        )
      case 'DATABASE GET':
        return value(this.database.get(`${first}/${second}`))
      case 'DATABASE PUT':
        this.database.set(`${first}/${second}`, third)
        return ONE
      case 'DATABASE DEL':
        this.database.delete(`${first}/${second}`)
        return ONE
      case 'DATABASE DELTREE': {
        const found = [...this.database.keys()].filter((key) =>
          key.startsWith(second === '' ? `${first}/` : `${first}/${second}`),
        )
        for (const key of found) this.database.delete(key)
        // The good answer is 0 here.
        return found.length > 0 ? DONE : ONE
      }
      default:
        return undefined
    }
  }

  /** Runs an application, and gives its result. */
  #run(name: string, data: string): number {
    const own = Object.entries(this.#options.applications ?? {}).find(([each]) => each.toLowerCase() === name.toLowerCase())
    if (own !== undefined) return own[1](data, this.variables)
    switch (name.toLowerCase()) {
      case 'set': {
        const [variable = '', value = ''] = data.split(/=(.*)/s)
        this.variables.set(variable, value)
        return 0
      }
      case 'mset':
        for (const pair of data.split(',')) this.#run('Set', pair)
        return 0
      case 'hangup':
        this.isHungUp = true
        return -1
      case 'answer':
        this.isAnswered = true
        return 0
      case 'dial':
        this.variables.set('DIALSTATUS', this.isHungUp ? 'CANCEL' : 'CHANUNAVAIL')
        return 0
      case 'queue':
        if (this.isHungUp) this.variables.set('ABANDONED', 'TRUE')
        else this.variables.set('QUEUESTATUS', 'UNKNOWN')
        return 0
      case 'playback':
        this.variables.set('PLAYBACKSTATUS', data.split('&').every((file) => this.#isThere(file)) ? 'SUCCESS' : 'FAILED')
        return 0
      default:
        return isApplication(name) ? 0 : NO_SUCH_APPLICATION
    }
  }

  /** The value of a variable, or of one of some functions. */
  variable(name: string): string | undefined {
    switch (name.toUpperCase()) {
      case 'CALLERID(NUM)':
        return this.#caller.number
      case 'CALLERID(NAME)':
        return this.#caller.name
      case 'CHANNEL(STATE)':
        return this.isAnswered ? 'Up' : 'Ring'
      case 'CHANNEL(NAME)':
      case 'CHANNEL':
        return this.#options.channel ?? CHANNEL
      case 'UNIQUEID':
        return this.#options.uniqueId ?? UNIQUE_ID
      default:
        return this.variables.get(name)
    }
  }

  /** Whether a command names another channel: there is none. */
  #isOther(channel: string): boolean {
    return channel !== '' && channel !== (this.#options.channel ?? CHANNEL)
  }

  #isThere(file: string): boolean {
    return this.#options.files?.includes(file) ?? true
  }

  /** The code of the next key, if the script listens to it; a script that listens to others does not hear it. */
  #interruption(keys: string): number {
    if (keys === '' || this.#keys === '') return 0
    const key = this.#keys.charAt(0)
    this.#keys = this.#keys.slice(1)
    return keys.includes(key) ? key.charCodeAt(0) : 0
  }

  #data(most: number): string {
    let digits = ''
    while (this.#keys !== '' && digits.length < most) {
      const key = this.#keys.charAt(0)
      this.#keys = this.#keys.slice(1)
      if (key === '#') return `200 result=${digits}\n`
      digits += key
    }
    return `200 result=${digits}${digits.length < most ? ' (timeout)' : ''}\n`
  }
}

function isComplete(args: readonly string[], { least, most = Number.POSITIVE_INFINITY, numberAt }: CommandFacts): boolean {
  if (args.length < least || args.length > most) return false
  return numberAt === undefined || /^\s*[-+]?\d/.test(args[numberAt] ?? '')
}

/** What Asterisk says to a command with wrong arguments. */
function usageOf(command: string): string {
  return `520-Invalid command syntax.  Proper usage follows:\n Usage: ${command}\n520 End of proper usage.\n`
}

/** What a line has a caller hear and do. */
export function listeningOf(line: string): Listening | undefined {
  const words = parseWords(line)
  const [command] = commandOf(words)
  return listeningTo(command, words.slice(command.split(' ').length))
}

/** The longest command that the words begin with. */
function commandOf(words: readonly string[]): [string, CommandFacts | undefined] {
  for (let length = 3; length > 0; length -= 1) {
    const command = words.slice(0, length).join(' ').toUpperCase()
    if (words.length >= length && COMMANDS[command] !== undefined) return [command, COMMANDS[command]]
  }
  return ['', undefined]
}

/** The words of a line as Asterisk reads them: quotes anywhere, a backslash takes the next character as it is. */
export function parseWords(line: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let isQuoted = false
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at)
    if (character === '"') {
      isQuoted = !isQuoted
      word ??= ''
    } else if ((character === ' ' || character === '\t') && !isQuoted) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (character === '\\') {
      at += 1
      word = (word ?? '') + line.charAt(at)
    } else word = (word ?? '') + character
  }
  return word === undefined ? words : [...words, word]
}
