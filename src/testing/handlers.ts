import type { ActionName, ActionParameters, EventName, GivenEventHeaders, Unlisted } from '../ami/messages/typed-names.js'
import type { AMIAction } from '../ami/protocol/action-reader.js'
import type { ServerHeaders } from '../ami/protocol/server-protocol.js'
import { count } from '../core/checks.js'
import type { Clock } from '../core/clock.js'
import { deferred } from '../core/deferred.js'
import { checkOptions, either, number, type OptionKind, recordOf, required, text } from '../core/options.js'
import { redactHeaders } from '../core/redaction.js'
import { systemClock } from '../core/system-clock.js'

/** An answer that a handler gives. */
export class FakeResponse {
  readonly type: string
  readonly headers: ServerHeaders

  constructor(type: string, headers: ServerHeaders) {
    this.type = type
    this.headers = headers
  }
}

/** An event that a handler gives: an item of its list. */
export class FakeEvent {
  readonly name: string
  readonly headers: ServerHeaders

  constructor(name: string, headers: ServerHeaders) {
    this.name = name
    this.headers = headers
  }
}

/** What a list yields: its items; a `success(…)` first sets the headers of the response before them. */
export type ListPart = FakeEvent | FakeResponse

/**
 * What a resolver may return: an answer; items, for an action that answers with a list; nothing, for no answer at all. What a generator
 * returns are headers that the list's last event has besides its own.
 */
export type Reply = FakeResponse | Iterable<ListPart> | AsyncIterable<ListPart> | undefined

/** The client whose action a resolver answers, for what an answer alone cannot do. */
export interface FakeClient {
  /** The account that is logged in. */
  readonly username: string
  /** Answers an action: also a second time, later, or before another that came first. */
  respond(action: AMIAction, response: FakeResponse): undefined
  /** Sends this client an event, whatever it wants to see. */
  emit<const Name extends EventName | Unlisted>(name: Name, headers?: FakeEventHeaders<Name>): void
  /** Ends the connection without a word. */
  disconnect(): undefined
}

export type Resolver = (action: AMIAction, client: FakeClient) => Reply | Promise<Reply>

/**
 * Which actions a handler answers: by name, by name and headers, or whatever a function says. Names and headers are compared in any case. A name that
 * the catalog does not list is `unlisted('QueueTune')`.
 */
export type ActionMatch<Name extends ActionName | Unlisted = ActionName | Unlisted> =
  | Name
  | {
      readonly name: Name
      readonly headers?: { readonly [Header in keyof ActionParameters<Name>]?: string | number | RegExp | undefined } | undefined
    }
  | ((action: AMIAction) => boolean)

/** The headers of an event: those that the catalog lists for its name, or pairs of any name, in order. */
export type FakeEventHeaders<Name extends string> = GivenEventHeaders<Name> | HeaderPairs

/** A rule of the fake: which action, and what to answer. */
export interface ActionHandler {
  /** The action's name; `*` where a function decides. */
  readonly name: string
  /** Its name in messages. */
  readonly label: string
  readonly isOnce: boolean
  /** How many actions it answers. @default one that is once, others any number */
  readonly times?: number | undefined
  matches(action: AMIAction): boolean
  /** How an action of its name differs from what it answers. */
  differs?(action: AMIAction): readonly string[]
  readonly resolve: Resolver
}

const pattern: OptionKind = { expected: 'a regular expression', accepts: (value) => value instanceof RegExp }
const MATCH_SHAPE = { name: required(text), headers: recordOf(either(text, number, pattern)) }

const LABEL_LENGTH = 60

/**
 * Answers actions: `action('Ping', …)`, `action({ name: 'Originate', headers: { Channel: /^PJSIP/ } }, …)`, `action((request) => …, …)`. A handler
 * made later by `use` goes before one made earlier.
 *
 * @throws TypeError for a match that is none.
 */
export function action<const Name extends ActionName | Unlisted>(match: ActionMatch<Name>, resolve: Resolver): ActionHandler {
  if (typeof match === 'function')
    return { name: '*', label: match.name || labelOf(match), isOnce: false, matches: match, resolve }
  if (typeof match !== 'string') checkOptions(match, MATCH_SHAPE)
  const { name, headers = {} } = typeof match === 'string' ? { name: match } : match
  const wanted = Object.entries<string | number | RegExp>(headers)
  // As they are shown: a test's secrets are in the log of who runs it.
  const shown = redactHeaders([['Action', name], ...wanted.map(([header, value]) => [header, String(value)] as const)]).slice(1)
  const isNamed = (request: AMIAction) => request.name.toLowerCase() === name.toLowerCase()
  const conditions = shown.map(([header, value]) => `${header}: ${value}`)
  const label = conditions.length === 0 ? name : `${name} with ${conditions.join(', ')}`
  const differs = (request: AMIAction) => {
    const given = redactHeaders(request.entries())
    return wanted.flatMap(([header, value], at) => {
      if (fits(request.get(header), value)) return []
      const found = given.find(([each]) => each.toLowerCase() === header.toLowerCase())?.[1]
      return [`${header} is ${found === undefined ? 'missing' : JSON.stringify(found)}, not ${shown[at]?.[1]}`]
    })
  }
  return {
    name,
    label,
    isOnce: false,
    matches: (request) => isNamed(request) && wanted.every(([header, value]) => fits(request.get(header), value)),
    differs,
    resolve,
  }
}

/**
 * Answers the action Command by its text: `command('core show uptime', 'System uptime: 5 seconds')`. The output is a text, its lines, or what a
 * function makes of the command.
 *
 * @throws TypeError for a command or an output that is none.
 */
export function command(match: string | RegExp, output: CommandOutput | ((command: string) => CommandOutput)): ActionHandler {
  return action({ name: 'Command', headers: { Command: match } }, (request) => {
    const made = typeof output === 'function' ? output(request.get('Command') ?? '') : output
    return success([['Message', COMMAND_OUTPUT], ...outputHeaders(made)])
  })
}

/** What a console command prints: a text, or its lines. */
export type CommandOutput = string | readonly string[]

const COMMAND_OUTPUT = 'Command output follows'

function outputHeaders(output: CommandOutput): HeaderPairs {
  const lines = typeof output === 'string' ? output.replace(/\n$/, '').split('\n') : output
  return (lines.length === 0 ? [''] : lines).map((line) => ['Output', line] as const)
}

/** What Asterisk says to a console command that it does not have. */
export function noSuchCommand(text: string): FakeResponse {
  return failure(COMMAND_OUTPUT, [
    ['Output', `No such command '${text}' (type 'core show help ${text}' for other possible commands)`],
  ])
}

/** The same handler, for one action only. */
export function once(handler: ActionHandler): ActionHandler {
  return { ...handler, isOnce: true }
}

/** The same handler, for so many actions. @throws RangeError for a number that is not whole, or not above 0. */
export function times(number: number, handler: ActionHandler): ActionHandler {
  return { ...handler, isOnce: count('times', number) === 1, times: number }
}

/** Waits before an answer: `action('Ping', async () => { await delay(100); return success() })`. */
export function delay(ms: number, clock: Clock = systemClock): Promise<void> {
  const passed = deferred<void>()
  clock.after(ms, passed.resolve)
  return passed.promise
}

/** The function itself, as far as it is short. */
function labelOf(match: (action: AMIAction) => boolean): string {
  const text = String(match).replaceAll(/\s+/g, ' ')
  return text.length <= LABEL_LENGTH ? text : `${text.slice(0, LABEL_LENGTH)}…`
}

function fits(value: string | undefined, wanted: string | number | RegExp): boolean {
  // search() begins at the beginning also with the flags g and y.
  return wanted instanceof RegExp ? value !== undefined && value.search(wanted) >= 0 : value === String(wanted)
}

/** `Response: Success`. A text is its `Message`. */
export function success(headers: ServerHeaders | string = {}): FakeResponse {
  return new FakeResponse('Success', typeof headers === 'string' ? { Message: headers } : headers)
}

/** `Response: Error` with its `Message`. */
export function failure(message: string, headers: ServerHeaders = {}): FakeResponse {
  return new FakeResponse('Error', [['Message', message], ...headerPairs(headers)])
}

/** An item of a list. */
export function event<const Name extends EventName | Unlisted>(name: Name, headers: FakeEventHeaders<Name> = []): FakeEvent {
  return new FakeEvent(name, headers)
}

/** Headers as pairs, in order. */
export type HeaderPairs = readonly (readonly [name: string, value: unknown])[]

/** Headers as pairs. */
export function headerPairs(headers: ServerHeaders): HeaderPairs {
  return Symbol.iterator in headers ? [...(headers as Iterable<readonly [string, unknown]>)] : Object.entries(headers)
}
