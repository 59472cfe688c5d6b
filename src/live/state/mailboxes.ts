import type { Rules, StateContext } from './area-state.js'
import { type Fields, numberOf, textOf } from './fields.js'

/**
 * The mailboxes that were asked for.
 *
 * | told by | does | why that is right |
 * |---|---|---|
 * | MailboxCount | sets the counts | it is newer than every event before it |
 * | MessageWaiting | sets them, where it has them | it has totals, not steps: the last has the last value |
 */
export class Mailboxes {
  readonly #context: StateContext
  readonly #names: ReadonlySet<string>
  readonly rules: Rules = {
    MessageWaiting: (event, _now, cause) => this.#told(event, cause),
  }

  constructor(context: StateContext, names: readonly string[]) {
    this.#context = context
    this.#names = new Set(names)
  }

  counted(name: string, answer: Fields): void {
    this.#set(name, numberOf(answer, 'NewMessages'), numberOf(answer, 'OldMessages'), 'read')
  }

  #told(event: Fields, cause: string): void {
    const name = textOf(event, 'Mailbox')
    if (!this.#names.has(name) || event.get('New') === undefined) return
    this.#set(name, numberOf(event, 'New'), numberOf(event, 'Old'), cause)
  }

  #set(name: string, newMessages: number, oldMessages: number, cause: string): void {
    this.#context.store.set('mailboxes', name, { name, newMessages, oldMessages }, cause)
  }
}
