import { ChannelView } from './channel-view.js'
import type { CallerRecord } from './state/records.js'
import { dateOf } from './view.js'

/** Where a caller is sent. */
export interface RedirectTarget {
  readonly context: string
  readonly exten: string
  /** @default 1 */
  readonly priority?: number | undefined
}

/** Someone who waits in a queue. */
export class Caller extends ChannelView<CallerRecord> {
  /** The name of the queue. */
  get queue(): string {
    return this.record.queue
  }

  /** From 1. */
  get position(): number {
    return this.record.position
  }

  get priority(): number {
    return this.record.priority
  }

  get waitingSince(): Date {
    return dateOf(this.record.waitingSince)
  }

  /** How long so far. */
  get waitMs(): number {
    return Math.max(0, this.host.clock.now() - this.record.waitingSince)
  }

  /** Takes the caller out of the queue and to an extension. @throws what `sendAction` throws. */
  async redirect({ context, exten, priority = 1 }: RedirectTarget): Promise<void> {
    await this.host.ami.sendAction('Redirect', { Channel: this.channel, Context: context, Exten: exten, Priority: priority })
  }

  /** The higher go first. @throws what `sendAction` throws. */
  async setPriority(priority: number): Promise<void> {
    const headers = { Queue: this.queue, Caller: this.channel, Priority: priority }
    await this.host.ami.sendAction('QueueChangePriorityCaller', headers)
  }

  /** @throws what `sendAction` throws. */
  async hangup(): Promise<void> {
    await this.host.ami.sendAction('Hangup', { Channel: this.channel })
  }
}
