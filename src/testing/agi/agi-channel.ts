import { parseCallerId } from '../../core/caller-id.js'
import { callback, listOf, type OptionsShape, recordOf, text } from '../../core/options.js'

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
  /** The result of applications; those that are not named give 0. */
  readonly applications?: Readonly<Record<string, (data: string) => number>> | undefined
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
}

/** How many arguments a command needs, and whether it works on a channel that has hung up. */
interface CommandFacts {
  readonly least: number
  readonly dead?: true | undefined
}

/** `res/res_agi.c`, of 16.28 and 22.10. */
const COMMANDS: Readonly<Record<string, CommandFacts>> = {
  ANSWER: { least: 0 },
  'ASYNCAGI BREAK': { least: 0, dead: true },
  'CHANNEL STATUS': { least: 0 },
  'CONTROL STREAM FILE': { least: 2 },
  'DATABASE DEL': { least: 2, dead: true },
  'DATABASE DELTREE': { least: 1, dead: true },
  'DATABASE GET': { least: 2, dead: true },
  'DATABASE PUT': { least: 3, dead: true },
  EXEC: { least: 1, dead: true },
  'GET DATA': { least: 1 },
  'GET FULL VARIABLE': { least: 1, dead: true },
  'GET OPTION': { least: 2 },
  'GET VARIABLE': { least: 1, dead: true },
  GOSUB: { least: 3 },
  HANGUP: { least: 0 },
  NOOP: { least: 0, dead: true },
  'RECEIVE CHAR': { least: 1 },
  'RECEIVE TEXT': { least: 1 },
  'RECORD FILE': { least: 4 },
  'SAY ALPHA': { least: 2 },
  'SAY DATE': { least: 2 },
  'SAY DATETIME': { least: 2 },
  'SAY DIGITS': { least: 2 },
  'SAY NUMBER': { least: 2 },
  'SAY PHONETIC': { least: 2 },
  'SAY TIME': { least: 2 },
  'SEND IMAGE': { least: 1 },
  'SEND TEXT': { least: 1 },
  'SET AUTOHANGUP': { least: 1 },
  'SET CALLERID': { least: 1 },
  'SET CONTEXT': { least: 1 },
  'SET EXTENSION': { least: 1 },
  'SET MUSIC': { least: 1 },
  'SET PRIORITY': { least: 1 },
  'SET VARIABLE': { least: 2, dead: true },
  'SPEECH ACTIVATE GRAMMAR': { least: 1 },
  'SPEECH CREATE': { least: 1 },
  'SPEECH DEACTIVATE GRAMMAR': { least: 1 },
  'SPEECH DESTROY': { least: 0, dead: true },
  'SPEECH LOAD GRAMMAR': { least: 2 },
  'SPEECH RECOGNIZE': { least: 2 },
  'SPEECH SET': { least: 2 },
  'SPEECH UNLOAD GRAMMAR': { least: 1, dead: true },
  'STREAM FILE': { least: 2 },
  'TDD MODE': { least: 1 },
  VERBOSE: { least: 1, dead: true },
  'WAIT FOR DIGIT': { least: 1 },
}
const DEAD_CHANNEL = '511 Command Not Permitted on a dead channel or intercept routine\n'
const DONE = '200 result=0\n'
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

  constructor(options: AGIChannelOptions) {
    this.#options = options
    this.#keys = options.keys ?? ''
    this.variables = new Map(Object.entries(options.variables ?? {}))
    this.database = new Map(Object.entries(options.database ?? {}))
  }

  get args(): readonly string[] {
    return this.#options.args ?? []
  }

  get commands(): readonly string[] {
    return this.#commands
  }

  press(keys: string): void {
    this.#keys += keys
  }

  environment({ request, script }: { readonly request: string; readonly script?: string | undefined }): string {
    const { args = [], callerId = '', channel = 'PJSIP/100-00000001', uniqueId = '1700000000.1' } = this.#options
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
    this.#commands.push(line)
    const words = parseWords(line)
    const [command, facts] = commandOf(words)
    if (facts === undefined) return '510 Invalid or unknown command\n'
    const args = words.slice(command.split(' ').length)
    if (args.length < facts.least) return '520 Invalid command syntax.  Proper usage not available.\n'
    if (this.isHungUp && !facts.dead) return DEAD_CHANNEL
    if (hangsUp && !facts.dead && command !== 'HANGUP') {
      this.isHungUp = true
      return command === 'RECORD FILE' ? `200 result=-1 (hangup) endpos=${PLAYED}\n` : `200 result=-1 endpos=${PLAYED}\n`
    }
    if (hangsUp) this.isHungUp = true
    return this.#answer(command, args)
  }

  #answer(command: string, args: readonly string[]): string {
    const [first = '', second = '', third = ''] = args
    switch (command) {
      case 'ANSWER':
        this.isAnswered = true
        return DONE
      case 'CHANNEL STATUS':
        return `200 result=${this.isAnswered ? 6 : 4}\n`
      case 'HANGUP':
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
        return '100 result=0 Trying...\n200 result=0 Gosub complete\n'
      case 'EXEC':
        return `200 result=${this.#options.applications?.[first]?.(second) ?? 0}\n`
      case 'RECEIVE CHAR':
        return '200 result=0 (timeout)\n'
      case 'RECEIVE TEXT':
        return '200 result=-1\n'
      case 'SET CALLERID':
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
        return value(this.variables.get(first))
      case 'SET VARIABLE':
        this.variables.set(first, second)
        return ONE
      case 'GET FULL VARIABLE':
        return value(first.replace(/\$\{(\w+)\}/g, (_, name: string) => this.variables.get(name) ?? ''))
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
