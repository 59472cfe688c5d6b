import { EventWriter, type Overflow } from '../../src/core/event-writer.js'
import { Gap } from '../../src/core/gap.js'

/** A stream, its writer, and how often it ended. */
export function makeStream<T = number>(maxBuffered: number, overflow: Overflow, withGaps = false) {
  const told = { ended: 0 }
  const writer = new EventWriter<T>({
    maxBuffered,
    overflow,
    withGaps,
    now: () => new Date(5000),
    overflowError: (most) => new Error(`more than ${most}`),
    ended: () => {
      told.ended += 1
    },
  })
  return { writer, stream: writer.stream, told }
}

export const outage = (from = 1000, to = 2000) => new Gap({ reason: 'disconnect', from: new Date(from), to: new Date(to) })
export const value = async <T>(read: Promise<IteratorResult<T>>) => (await read).value as T
export const isDone = async (read: Promise<IteratorResult<unknown>>) => (await read).done
