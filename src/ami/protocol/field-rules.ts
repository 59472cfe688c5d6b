import type { TextCodec } from '../../core/text-codec.js'

/**
 * At the start of a value Asterisk skips the bytes from 1 up to this one, the space (`main/manager.c`, verified on 16.28 and
 * 22.10).
 */
export const LAST_BLANK = 32
/** Says what is wrong with a value that Asterisk would read as something else; undefined when it reads the value itself. */
export type FieldRule = (value: string, codec: TextCodec) => string | undefined

/**
 * Fields that Asterisk joins with others before it reads them, or reads only in part, by action and field (tried on 16.28 and
 * 22.10):
 *
 * - MixMonitor and ConfbridgeStartRecord join their fields by commas for the application MixMonitor, whose third argument is a
 * command.
 * - Monitor mixes its files in a shell.
 * - A queue keeps its members in Asterisk's database as one text, parted by `;` and `|`.
 * - Park dials its `TimeoutChannel` by Dial, whose arguments are parted by commas; a line of the queue log is parted by `|`.
 * - UpdateConfig writes lines of a file, `[category]` and `name = value`.
 * - Atxfer presses its extension as keys; PlayDTMF presses one key.
 * - A channel keeps 79 bytes of a context and an extension; Originate reads 255 bytes of a caller.
 */
const RULES: Readonly<Record<string, Readonly<Record<string, FieldRule>>>> = {
  Atxfer: { Exten: keys },
  ChangeMonitor: { File: quotedInShell },
  ConfbridgeStartRecord: { RecordFile: oneArgument },
  MixMonitor: { File: oneArgument, Options: oneArgument },
  Monitor: { File: quotedInShell },
  Originate: { CallerID: atMost(255), Context: atMost(79), Exten: atMost(79) },
  Park: { TimeoutChannel: dialled },
  PlayDTMF: { Digit: oneKey },
  QueueAdd: { Interface: keptInQueue, MemberName: keptInQueue, StateInterface: keptInQueue, Reason: keptInQueue },
  QueueLog: { Queue: inQueueLog, Event: inQueueLog, Uniqueid: inQueueLog, Interface: inQueueLog },
  QueuePause: { Reason: keptInQueue },
  Redirect: { Context: atMost(79), Exten: atMost(79), ExtraContext: atMost(79), ExtraExten: atMost(79) },
  UpdateConfig: { Cat: categoryInFile, Var: nameInFile },
}

const BY_ACTION: ReadonlyMap<string, ReadonlyMap<string, FieldRule>> = new Map(
  Object.entries(RULES).map(([action, fields]) => [
    action.toLowerCase(),
    new Map(Object.entries(fields).map(([field, rule]) => [field.toLowerCase(), rule])),
  ]),
)

/** The rules for an action's fields, by the field's name in lower case; undefined when it has none. */
export function fieldRules(action: string): ReadonlyMap<string, FieldRule> | undefined {
  return BY_ACTION.get(action.toLowerCase())
}

/** The rule for a field; a number behind its name, as in `Var-000001` of UpdateConfig, is no part of it. */
export function ruleOf(rules: ReadonlyMap<string, FieldRule> | undefined, field: string): FieldRule | undefined {
  return rules?.get(field.toLowerCase().replace(/-\d+$/, ''))
}

/** Whether Asterisk would leave out the start of a value. */
export function losesItsStart(value: string): boolean {
  return value.charCodeAt(0) <= LAST_BLANK
}

/**
 * An application's argument ends at a comma that stands in no parentheses or brackets; quotes and backslashes are taken out of
 * it.
 */
function oneArgument(value: string): string | undefined {
  let parentheses = 0
  let brackets = 0
  for (let at = 0; at < value.length; at += 1) {
    const character = value.charAt(at)
    if (character === '"' || character === '\\') return `${holds(character, at)}, which Asterisk takes out`
    if (character === '(') parentheses += 1
    else if (character === '[') brackets += 1
    else if (character === ')') parentheses = Math.max(0, parentheses - 1)
    else if (character === ']') brackets = Math.max(0, brackets - 1)
    else if (character === ',' && parentheses === 0 && brackets === 0)
      return `${holds(character, at)}, and Asterisk reads what follows as another field; a third one is a command that it runs`
  }
  if (parentheses + brackets === 0) return undefined
  return 'opens a parenthesis or bracket that it does not close, so Asterisk reads the next fields as part of it'
}

function quotedInShell(value: string): string | undefined {
  return without(/["`$\\]/, value, ', and Asterisk writes the value into a command for the shell')
}

function keptInQueue(value: string): string | undefined {
  return without(/[;|]/, value, ', at which Asterisk parts its list of members when it reads it after a restart')
}

function inQueueLog(value: string): string | undefined {
  return without(/\|/, value, ', at which the fields of the queue log are parted')
}

function dialled(value: string): string | undefined {
  return without(/,/, value, ', and Asterisk reads what follows as options of Dial, which can run macros and subroutines')
}

function categoryInFile(value: string): string | undefined {
  return without(/[\];]/, value, ', at which the name of a category ends in the file')
}

function nameInFile(value: string): string | undefined {
  return without(/[=;]/, value, ', at which the name of a setting ends in the file')
}

function keys(value: string): string | undefined {
  return without(/[^0-9*A-D]/i, value, ', and Asterisk presses it as keys: 0 to 9, * and A to D')
}

function oneKey(value: string): string | undefined {
  return value.length <= 1 ? undefined : 'holds more than one key, and Asterisk presses only the first; send an action for each'
}

function atMost(bytes: number): FieldRule {
  return (value, codec) => {
    // No character takes more than three bytes a code unit, so only a long value needs counting.
    if (value.length * 3 <= bytes) return undefined
    const length = codec.encode(value)?.length ?? 0
    return length <= bytes ? undefined : `is ${length} bytes long, and Asterisk cuts it off after ${bytes}`
  }
}

/** Says where a value has one of these characters, and what comes of it. */
function without(characters: RegExp, value: string, consequence: string): string | undefined {
  const at = value.search(characters)
  return at < 0 ? undefined : holds(value.charAt(at), at) + consequence
}

function holds(character: string, at: number): string {
  return `holds ${JSON.stringify(character)} at character ${at + 1}`
}
