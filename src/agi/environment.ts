import { AGIProtocolError } from './errors.js'

/** What Asterisk tells a script of the call, before the first command. Empty where it tells nothing. */
export interface AGIEnvironment {
  /** Whether the script runs over the network (FastAGI). */
  readonly isNetwork: boolean
  /** Path and query of the URL, as they were written: `ivr/menu?lang=en`. */
  readonly networkScript: string
  /** The script as the dialplan names it: a path, a URL, or `async`. */
  readonly request: string
  readonly channel: string
  readonly language: string
  /** The channel's technology: `PJSIP`, `Local`. */
  readonly type: string
  readonly uniqueId: string
  /** Asterisk's version. */
  readonly version: string
  /** Empty if it is withheld. */
  readonly callerNumber: string
  readonly callerName: string
  readonly callingPres: string
  readonly callingAni2: string
  readonly callingTon: string
  readonly callingTns: string
  /** The number that was dialled; empty if it is not known. */
  readonly dnid: string
  /** The number that redirected the call; empty if none did. */
  readonly rdnis: string
  readonly context: string
  readonly exten: string
  readonly priority: number
  /** Whether the caller's sound comes on descriptor 3 (EAGI). */
  readonly isEnhanced: boolean
  readonly accountCode: string
  readonly threadId: string
  /** The arguments that the dialplan gave. */
  readonly args: readonly string[]
  /** Every variable as it came, by its name: `agi_channel`. */
  readonly variables: ReadonlyMap<string, string>
  /** @deprecated The former name of `callerNumber`. */
  readonly callerId: string
  /** @deprecated The former name of `callerName`. */
  readonly callerIdName: string
  /** @deprecated The former name of `exten`. */
  readonly extension: string
  /** @deprecated The former name of `isNetwork`. */
  readonly network: boolean
  /** @deprecated The former name of `isEnhanced`. */
  readonly enhanced: boolean
}

/** How much a peer may say before its first command. */
export interface EnvironmentLimits {
  /** @default 65_536 */
  readonly maxEnvironmentBytes: number
  /** @default 1_000 */
  readonly maxEnvironmentVariables: number
}

/** In the order in which Asterisk sends them (`setup_env` in `res/res_agi.c`; the same in 16 and 22). */
const NAMES = [
  'agi_network',
  'agi_network_script',
  'agi_request',
  'agi_channel',
  'agi_language',
  'agi_type',
  'agi_uniqueid',
  'agi_version',
  'agi_callerid',
  'agi_calleridname',
  'agi_callingpres',
  'agi_callingani2',
  'agi_callington',
  'agi_callingtns',
  'agi_dnid',
  'agi_rdnis',
  'agi_context',
  'agi_extension',
  'agi_priority',
  'agi_enhanced',
  'agi_accountcode',
  'agi_threadid',
]
const LAST = NAMES.indexOf('agi_threadid')

/**
 * Reads the variables line by line. A value may hold a newline and so look like several lines, made by whoever sets a caller's name: as
 * Asterisk keeps an order, only a name that comes later in it begins a new variable, and only after the last one an empty line ends them all.
 */
export class EnvironmentReader {
  readonly #limits: EnvironmentLimits
  readonly #variables = new Map<string, string>()
  #position = -1
  #arguments = 0
  #current = ''
  #bytes = 0

  constructor(limits: EnvironmentLimits) {
    this.#limits = limits
  }

  /**
   * Takes the next line, without its LF. The environment when it was the last.
   *
   * @throws AGIProtocolError when it is no variable of AGI, or there are too many.
   */
  lineReceived(line: string): AGIEnvironment | undefined {
    this.#bytes += line.length + 1
    if (this.#bytes > this.#limits.maxEnvironmentBytes)
      throw new AGIProtocolError(`The environment takes more than ${this.#limits.maxEnvironmentBytes} bytes`)
    const colon = line.indexOf(':')
    const name = colon < 0 ? '' : line.slice(0, colon)
    if (this.#begins(name)) {
      // A space follows the colon; some that imitate Asterisk leave it out.
      this.#variables.set(name, line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1))
      this.#current = name
      if (this.#variables.size > this.#limits.maxEnvironmentVariables)
        throw new AGIProtocolError(`The environment has more than ${this.#limits.maxEnvironmentVariables} variables`)
      return undefined
    }
    if (this.#current === '')
      throw new AGIProtocolError(`This is no AGI environment: it begins with ${JSON.stringify(line.slice(0, 80))}`)
    if (line === '' && this.#mayEnd) return environmentOf(this.#variables)
    this.#variables.set(this.#current, `${this.#variables.get(this.#current)}\n${line}`)
    return undefined
  }

  /** What has come, where no more will: AsyncAGI cuts it at 1,024 bytes. */
  end(): AGIEnvironment {
    return environmentOf(this.#variables)
  }

  /** Whether this name begins a variable, rather than a line of the value before it. */
  #begins(name: string): boolean {
    if (name === `agi_arg_${this.#arguments + 1}` && this.#position === LAST) {
      this.#arguments += 1
      return true
    }
    const position = NAMES.indexOf(name)
    if (position >= 0 && position > this.#position && this.#arguments === 0) {
      this.#position = position
      return true
    }
    // A name that this list lacks, from a release to come; not within a value that anybody can set.
    const isNew = /^agi_[a-z]\w*$/.test(name) && position < 0 && !name.startsWith('agi_arg_') && !OPEN.has(this.#current)
    return isNew && this.#current !== '' && !this.#variables.has(name)
  }

  /** Asterisk before 1.6 had neither a version nor a thread: there the first empty line is the end. */
  get #mayEnd(): boolean {
    return this.#position === LAST || !this.#variables.has('agi_version')
  }
}

/** Whose value a caller or the dialplan sets. */
const OPEN = new Set([
  'agi_callerid',
  'agi_calleridname',
  'agi_dnid',
  'agi_rdnis',
  'agi_accountcode',
  'agi_context',
  'agi_extension',
  'agi_request',
  'agi_network_script',
])

function environmentOf(variables: ReadonlyMap<string, string>): AGIEnvironment {
  const text = (name: string) => variables.get(`agi_${name}`) ?? ''
  // What Asterisk calls a number that it does not know.
  const known = (name: string) => (text(name) === 'unknown' ? '' : text(name))
  const args: string[] = []
  for (let position = 1; variables.has(`agi_arg_${position}`); position += 1) args.push(text(`arg_${position}`))
  const facts = {
    isNetwork: text('network') === 'yes',
    networkScript: text('network_script'),
    request: text('request'),
    channel: text('channel'),
    language: text('language'),
    type: text('type'),
    uniqueId: text('uniqueid'),
    version: text('version'),
    callerNumber: known('callerid'),
    callerName: known('calleridname'),
    callingPres: text('callingpres'),
    callingAni2: text('callingani2'),
    callingTon: text('callington'),
    callingTns: text('callingtns'),
    dnid: known('dnid'),
    rdnis: known('rdnis'),
    context: text('context'),
    exten: text('extension'),
    priority: Number(text('priority')),
    isEnhanced: text('enhanced') === '1.0',
    accountCode: text('accountcode'),
    threadId: text('threadid'),
    args,
    variables,
  }
  return {
    ...facts,
    callerId: facts.callerNumber,
    callerIdName: facts.callerName,
    extension: facts.exten,
    network: facts.isNetwork,
    enhanced: facts.isEnhanced,
  }
}
