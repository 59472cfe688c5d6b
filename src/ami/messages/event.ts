import { quote } from '../../core/checks.js'
import type { HeaderFields } from '../../core/header-fields.js'
import { givenFields } from './given-headers.js'
import { AMIMessage } from './message.js'
import type { ActionHeaders, EventHeaders, EventName, GivenEventHeaders, PlainName, Unlisted } from './typed-names.js'

/** What the events of one session have in common. */
export interface EventOrigin {
  /** When the server was started, as its own clock says; undefined while that is not known. */
  readonly epoch: string | undefined
}

/** Something that happened, as Asterisk told it: `Event: <name>` and its headers. */
export class AMIEvent<Name extends string = string> extends AMIMessage<EventHeaders<Name>> {
  /** The event's name as Asterisk sent it. */
  readonly name: Name
  readonly #origin: EventOrigin | undefined

  private constructor(name: Name, fields: HeaderFields, origin?: EventOrigin) {
    super(fields)
    this.name = name
    this.#origin = origin
  }

  /** @internal */
  static read<Name extends string>(name: Name, fields: HeaderFields, origin?: EventOrigin): AMIEvent<Name> {
    return new AMIEvent(name, fields, origin)
  }

  /**
   * An event with these headers, as if a server had sent it: for the test of a function that takes one. What `event.headers` has, this takes.
   *
   * @example
   * isBusy(AMIEvent.from({ Event: 'Hangup', Channel: 'PJSIP/100-00000001', Cause: 17 }))
   *
   * @throws TypeError that names a header which no message can carry, and when `Event` is missing.
   */
  static from<const Name extends EventName | Unlisted>(
    headers: { readonly Event: Name } & GivenEventHeaders<Name>,
  ): AMIEvent<PlainName<Name>>
  static from(headers: ActionHeaders): AMIEvent {
    const { Event: name } = headers
    if (typeof name !== 'string' || name === '')
      throw new TypeError(`An event needs its name as the header Event, not ${quote(name)}`)
    return new AMIEvent(name, givenFields(`Event ${name}`, headers))
  }

  /**
   * The event's own id, the same for every session on the server: `<epoch>:<number>`, when Asterisk was started and the number that it gave to the event.
   * Undefined where the server does not number (`debug = on` in manager.conf), for FullyBooted and items of lists, where the account may not ask when
   * Asterisk was started (CoreStatus: `system` or `reporting`), and in the first milliseconds of a connection, until that is answered.
   */
  get id(): string | undefined {
    const epoch = this.#origin?.epoch
    const number = this.get('SequenceNumber' as never) as string | undefined
    return epoch === undefined || number === undefined || number === '' ? undefined : `${epoch}:${number}`
  }

  /** Whether this is the event of that name (in any case), which tells the compiler its headers. */
  is<Known extends EventName>(name: Known): this is AMIEvent<Known> {
    return this.name.toLowerCase() === name.toLowerCase()
  }

  toJSON(): { name: Name; headers: Record<string, string | string[]>; unparsedLines?: readonly string[] } {
    return { name: this.name, ...this.linesToJSON() }
  }
}

/** The events of these names, as a union that `event.name` tells apart; `'*'` is any event. */
export type EventOf<Name extends string> = Name extends '*' ? AMIEvent : Name extends string ? AMIEvent<PlainName<Name>> : never
