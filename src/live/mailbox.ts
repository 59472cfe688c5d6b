import type { MailboxRecord } from './state/records.js'
import { View } from './view.js'

/** A voice mailbox. */
export class Mailbox extends View<MailboxRecord> {
  /** As in `100@default`. */
  get name(): string {
    return this.record.name
  }

  get newMessages(): number {
    return this.record.newMessages
  }

  get oldMessages(): number {
    return this.record.oldMessages
  }
}
