import type { HeaderFields } from '../core/header-fields.js'
import { AMIMessage } from './message.js'

/** Something that happened, as Asterisk told it: `Event: <name>` and its headers. */
export class AMIEvent<Name extends string = string> extends AMIMessage {
  /** The event's name as Asterisk sent it. */
  readonly name: Name

  constructor(name: Name, fields: HeaderFields) {
    super(fields)
    this.name = name
  }

  toJSON(): { name: Name; headers: Record<string, string | string[]> } {
    return { name: this.name, headers: this.headersToJSON() }
  }
}
