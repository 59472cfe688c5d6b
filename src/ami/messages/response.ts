import type { ListMap } from '../../catalog/lists.js'
import type { Known } from '../../catalog/values.js'
import { quote } from '../../core/checks.js'
import type { HeaderFields } from '../../core/header-fields.js'
import type { AMIEvent, EventOf } from './event.js'
import { givenFields } from './given-headers.js'
import { AMIMessage } from './message.js'
import type { ActionHeaders } from './typed-names.js'

/** `follows` is how Asterisk up to 13 marked the output of a CLI command. */
export type AMIResponseType = 'success' | 'error' | 'goodbye' | 'follows'

/** The items of the list that an action answers with. */
export type ListItem<Action extends string> = Action extends keyof ListMap ? EventOf<ListMap[Action]['item']> : AMIEvent
/** The event that completes the list that an action answers with. */
export type ListCompletion<Action extends string> = Action extends keyof ListMap
  ? EventOf<ListMap[Action]['completion']>
  : AMIEvent

/** What a response has besides its headers. */
export interface ResponseParts<Action extends string = string> {
  /** What a CLI command printed. @default the `Output` headers */
  readonly output?: readonly string[] | undefined
  /** The items of a list. @default none */
  readonly events?: readonly ListItem<Action>[] | undefined
  /** The event that completed the list. */
  readonly completion?: ListCompletion<Action> | undefined
}

/** Asterisk's answer to an action. */
export class AMIResponse<Action extends string = string> extends AMIMessage {
  readonly type: AMIResponseType
  /** The events of a list, in order, without the one that completes it. */
  readonly events: readonly ListItem<Action>[]
  /** The event that completed the list; undefined for an action that answers with no list. */
  readonly completion: ListCompletion<Action> | undefined
  #output: readonly string[] | undefined

  private constructor(fields: HeaderFields, { output, events = [], completion }: ResponseParts<Action>) {
    super(fields)
    this.type = responseType(fields.get('Response') ?? '')
    this.#output = output
    this.events = events
    this.completion = completion
  }

  /** @internal */
  static read<Action extends string = string>(fields: HeaderFields, parts: ResponseParts<Action> = {}): AMIResponse<Action> {
    return new AMIResponse(fields, parts)
  }

  /**
   * An answer with these headers, as if a server had sent it: for the test of a function that takes one.
   *
   * @example
   * AMIResponse.from<'QueueStatus'>({ Response: 'Success' }, { events: [AMIEvent.from({ Event: 'QueueParams', Queue: 'support' })] })
   *
   * @throws TypeError that names a header which no message can carry, and when `Response` is missing.
   */
  static from<Action extends string = string>(
    headers: { readonly Response: Known<'Success' | 'Error' | 'Goodbye'> } & ActionHeaders,
    parts: ResponseParts<Action> = {},
  ): AMIResponse<Action> {
    const { Response: type } = headers
    if (typeof type !== 'string' || type === '') throw new TypeError(`A response needs the header Response, not ${quote(type)}`)
    return new AMIResponse(givenFields('A response', headers), parts)
  }

  /** What a CLI command printed, line by line, the same on every version of Asterisk. Empty for other actions. */
  get output(): readonly string[] {
    this.#output ??= this.getAll('Output')
    return this.#output
  }

  /**
   * The `Message` header; where there is none, what Asterisk says in a line without a colon, as GetConfig does (`No categories found`);
   * else an empty string. Some messages end in a bare LF; it is left out here.
   */
  get message(): string {
    const message = this.get('Message') ?? this.unparsedLines.join('\n')
    return message.endsWith('\n') ? message.slice(0, -1) : message
  }

  toJSON(): {
    type: AMIResponseType
    headers: Record<string, string | string[]>
    unparsedLines?: readonly string[]
    output: readonly string[]
    events: readonly ListItem<Action>[]
    completion: ListCompletion<Action> | undefined
  } {
    return {
      type: this.type,
      ...this.linesToJSON(),
      output: this.output,
      events: this.events,
      completion: this.completion,
    }
  }
}

/** A value that is not known counts as success: the action was not refused. */
function responseType(value: string): AMIResponseType {
  const lower = value.toLowerCase()
  return lower === 'error' || lower === 'goodbye' || lower === 'follows' ? lower : 'success'
}
