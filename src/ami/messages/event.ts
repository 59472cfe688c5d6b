import type { HeaderFields } from '../../core/header-fields.js'
import { AMIMessage } from './message.js'
import type { EventHeaders, EventName, PlainName } from './typed-names.js'

/** Something that happened, as Asterisk told it: `Event: <name>` and its headers. */
export class AMIEvent<Name extends string = string> extends AMIMessage<EventHeaders<Name>> {
  /** The event's name as Asterisk sent it. */
  readonly name: Name

  /** @internal */
  constructor(name: Name, fields: HeaderFields) {
    super(fields)
    this.name = name
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
