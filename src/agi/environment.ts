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

/** The environment of these variables: `agi_channel` and so on. */
export function environmentOf(variables: ReadonlyMap<string, string>): AGIEnvironment {
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
