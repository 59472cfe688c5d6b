import type { ManagerConnection } from '../ami/client/manager-connection.js'
import type { EventNames, EventStreamOptions } from '../ami/client/subscriptions.js'
import type { AMIEvent } from '../ami/messages/event.js'
import type { EventStream } from '../core/event-stream.js'
import type { Gap } from '../core/gap.js'
import type { Source } from './fleet-stream.js'

/** An event, or with `withGaps` a hole, and the PBX it came from. */
export interface FleetEvent<Event = AMIEvent> {
  readonly pbx: string
  readonly event: Event
}

/** The events of one PBX. A client that gave up ends its streams; another is opened then, as the client is tried again. */
export function eventSource(
  pbx: string,
  ami: ManagerConnection,
  names: EventNames | undefined,
  options: EventStreamOptions,
): Source<FleetEvent<AMIEvent | Gap>> {
  const open = () => ami.events(names as '*', { overflow: 'drop-oldest', ...options }) as EventStream<AMIEvent | Gap>
  let stream = open()
  return {
    async next() {
      for (;;) {
        try {
          const result = await stream.next()
          return result.done ? result : { value: { pbx, event: result.value }, done: false }
        } catch (error) {
          const { status } = ami
          if (status.state !== 'failed' || status.reason !== error) throw error
          stream = open()
        }
      }
    },
    close: () => stream.close(),
  }
}
