import type { ActionMap } from '../../catalog/actions.js'
import type { EventMap } from '../../catalog/events.js'
import type { ListMap } from '../../catalog/lists.js'
import type { HeaderValue } from '../../catalog/values.js'
import type { Unlisted } from '../../core/unlisted.js'

export { type PlainName, type Unlisted, unlisted } from '../../core/unlisted.js'

/** The name of an action that the catalog lists. */
export type ActionName = keyof ActionMap & string
/** The name of an event that the catalog lists. */
export type EventName = keyof EventMap & string
/** The name of an action that the catalog lists and that answers with a list. */
export type ListActionName = keyof ListMap & ActionName

/** The headers of an action: an array repeats the header, undefined leaves it out. */
export type ActionHeaders = Readonly<Record<string, HeaderValue | readonly HeaderValue[] | undefined>>

/** The headers that an action takes, by its name: those of the catalog, or any. */
export type ActionParameters<Name extends string> = Name extends Unlisted
  ? ActionHeaders
  : Name extends ActionName
    ? ActionMap[Name] & { ActionID?: HeaderValue | undefined }
    : ActionHeaders

/** What follows the name of an action: its headers, which are needed where every release requires one of them, and options. */
export type ActionArguments<Name extends string, Options> =
  Record<never, never> extends ActionParameters<Name>
    ? [headers?: ActionParameters<Name>, options?: Options]
    : [headers: ActionParameters<Name>, options?: Options]

/** Headers of which nothing is known. */
export type OpenHeaders = Readonly<Record<string, string | undefined>>

/** What any event can have besides its own headers: the envelope, and what manager.conf and asterisk.conf switch on. */
export interface EventEnvelope {
  readonly Event: string
  /** The event's classes; the items of lists have none. */
  readonly Privilege?: string
  /** Of the action that it belongs to. */
  readonly ActionID?: string
  /** Seconds since 1970 and microseconds (`timestampevents`). */
  readonly Timestamp?: string
  /** These four with `debug`. */
  readonly SequenceNumber?: string
  readonly File?: string
  readonly Line?: string
  readonly Func?: string
  /** With `systemname`. */
  readonly SystemName?: string
  /** With `channelvars`, where the event has no snapshot of the channel. */
  readonly [variable: `ChanVariable(${string})`]: string | undefined
}

/** The headers that an event has, by its name: those of the catalog, or any. */
export type EventHeaders<Name extends string> = Name extends EventName ? Readonly<EventMap[Name]> & EventEnvelope : OpenHeaders

/**
 * The headers that an event is made with, by its name: those of the catalog, or any. An array repeats a header, undefined leaves it out. Which ones
 * there must be is not checked: a test gives those that count for it.
 */
export type GivenEventHeaders<Name extends string> = Name extends Unlisted
  ? ActionHeaders
  : Name extends EventName
    ? { readonly [Header in keyof EventHeaders<Name>]?: HeaderValue | readonly HeaderValue[] | undefined }
    : ActionHeaders

/** The prefixes of the channels that an event with these headers tells of, for `variablesOf`. */
export type ChannelPrefix<Headers> = string extends keyof Headers
  ? string
  : keyof Headers extends infer Name
    ? Name extends `${infer Prefix}ChanVariable`
      ? Prefix
      : never
    : never
