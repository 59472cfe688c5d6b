/** In the order in which Asterisk sends them (`setup_env` in `res/res_agi.c`; the same in 16 and 22). Arguments follow. */
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
const POSITIONS: ReadonlyMap<string, number> = new Map(NAMES.map((name, position) => [name, position]))
const LAST = NAMES.length - 1
const CALLER_NAME = NAMES.indexOf('agi_calleridname')

/** Whose value a caller or the dialplan sets. */
const OPEN = new Set([
  'agi_network_script',
  'agi_request',
  'agi_callerid',
  'agi_calleridname',
  'agi_dnid',
  'agi_rdnis',
  'agi_context',
  'agi_extension',
  'agi_accountcode',
])

/** A line that has the form of a variable. */
interface Entry {
  /** Which line it is. */
  readonly at: number
  readonly name: string
  /** Its place in Asterisk's order; undefined for arguments and for names of a release to come. */
  readonly position: number | undefined
}

/** A position in Asterisk's order, and a line. */
type Place = readonly [position: number, at: number]

/** The variables of an environment, and what their values hold. */
export interface EnvironmentVariables {
  readonly variables: ReadonlyMap<string, string>
  /** By the name of a variable, the names of others whose form lines of its value have. */
  readonly imitations: ReadonlyMap<string, readonly string[]>
}

/** The name of the variable that a line has the form of; undefined for any other line. */
export function variableName(line: string): string | undefined {
  return /^(agi_[a-z]\w*):/.exec(line)?.[1]
}

/**
 * Whether an environment with these names may be over at an empty line. A caller's name can hold one, and the last variable before it: a gap behind
 * a value that a caller can set is not Asterisk's, which leaves none out. Before 1.6 there was neither a version nor a thread: there the first empty
 * line is the end.
 */
export function mayBeOver(names: ReadonlySet<string>): boolean {
  if (!names.has('agi_version')) return true
  let before = ''
  for (const name of NAMES) {
    if (names.has(name)) before = name
    else if (OPEN.has(before)) return false
  }
  return before === NAMES[LAST]
}

/**
 * Tells variables from lines of their values. A value may hold newlines, and so look like several variables, made by whoever sets a caller's name.
 * Asterisk's own come in its order and without gaps: a line begins a variable only where its name is the next one to come. Where a value holds just
 * what is to come behind it, the last occurrences are Asterisk's.
 */
export function variablesOf(lines: readonly string[]): EnvironmentVariables {
  const entries = entriesOf(lines)
  const beginnings = beginningsOf(entries)
  const variables = new Map<string, string>()
  const imitations = new Map<string, string[]>()
  let current = ''
  for (const [at, line] of lines.entries()) {
    const name = entries.get(at)?.name
    if (name !== undefined && (beginnings.has(at) || isNew(name, current, variables))) {
      current = name
      // A space follows the colon; some that imitate Asterisk leave it out.
      variables.set(name, line.slice(name.length + 1).replace(/^ /, ''))
    } else if (current !== '') {
      variables.set(current, `${variables.get(current)}\n${line}`)
      if (name !== undefined) imitationsOf(current, imitations).push(name)
    }
  }
  return { variables, imitations }
}

function imitationsOf(name: string, imitations: Map<string, string[]>): string[] {
  const known = imitations.get(name) ?? []
  imitations.set(name, known)
  return known
}

function entriesOf(lines: readonly string[]): ReadonlyMap<number, Entry> {
  const entries = new Map<number, Entry>()
  for (const [at, line] of lines.entries()) {
    const name = variableName(line)
    if (name !== undefined) entries.set(at, { at, name, position: POSITIONS.get(name) })
  }
  return entries
}

/** The lines that begin variables. */
function beginningsOf(entries: ReadonlyMap<number, Entry>): ReadonlySet<number> {
  const places: Place[] = []
  for (const { at, position } of entries.values()) if (position !== undefined) places.push([position, at])
  const first = firstChain(places)
  const last = new Map(mirrored([...firstChain(mirrored(places))]))
  const forged = firstForged(first, last)
  const begun = new Set<number>()
  for (const position of NAMES.keys()) {
    const at = (position < forged ? first : last).get(position)
    if (at !== undefined) begun.add(at)
  }
  for (const at of argumentsOf(entries, Math.max(-1, ...begun))) begun.add(at)
  return begun
}

/**
 * From which variable on the last occurrences count: the first that comes twice in Asterisk's order, if a value that can hold newlines stands before
 * it. What comes twice behind another, as it does where an argument imitates variables, is not Asterisk's.
 */
function firstForged(first: ReadonlyMap<number, number>, last: ReadonlyMap<number, number>): number {
  const twice = NAMES.findIndex((_, position) => position > CALLER_NAME && first.get(position) !== last.get(position))
  // The thread's number comes last: behind it are the arguments, which can imitate it.
  return twice >= 0 && twice < LAST && OPEN.has(NAMES[twice - 1] ?? '') ? twice : NAMES.length
}

/** Where each variable begins, when the first line that can be it is it: none is, before one that has to come earlier and is still to come. */
function firstChain(places: readonly Place[]): Map<number, number> {
  const lastOf = new Map(places)
  const chain = new Map<number, number>()
  let next = 0
  for (const [position, at] of places) {
    if (position < next) continue
    const skipped = NAMES.slice(next, position).map((_, offset) => lastOf.get(next + offset) ?? at)
    if (skipped.some((later) => later > at)) continue
    chain.set(position, at)
    next = position + 1
  }
  return chain
}

/** The same places, seen from the end. */
function mirrored(places: readonly Place[]): Place[] {
  return places.map(([position, at]): Place => [LAST - position, -at]).reverse()
}

/** The lines behind the last variable that begin arguments. A number that comes again shows that the earlier one was part of a value. */
function argumentsOf(entries: ReadonlyMap<number, Entry>, from: number): readonly number[] {
  const begun: number[] = []
  for (const { at, name } of entries.values()) {
    const number = Number(/^agi_arg_(\d+)$/.exec(name)?.[1] ?? 0)
    if (at < from || number === 0 || number > begun.length + 1 || (number === 1 && begun.length > 0)) continue
    begun.length = number - 1
    begun.push(at)
  }
  return begun
}

/** Whether this is a name that the list lacks, from a release to come; not within a value that anybody can set. */
function isNew(name: string, current: string, variables: ReadonlyMap<string, string>): boolean {
  const isKnown = POSITIONS.has(name) || name.startsWith('agi_arg_') || variables.has(name)
  return !isKnown && !OPEN.has(current) && !current.startsWith('agi_arg_')
}
