import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EventWriter } from '../../src/core/event-writer.js'
import { Gap } from '../../src/core/gap.js'
import { isDone, makeStream, outage, value } from '../support/streams.js'

const shown = (item: unknown) => (item instanceof Gap ? `${item.reason} ${item.dropped}` : item)

async function drain(writer: EventWriter<number>): Promise<unknown[]> {
  writer.end()
  const items: unknown[] = []
  for await (const item of writer.stream) items.push(shown(item))
  return items
}

describe('EventWriter', () => {
  it('gives what was pushed before and after the reading began, in order', async () => {
    const { writer, stream } = makeStream(10, 'error')
    writer.push(1)
    writer.push(2)
    expect(stream.buffered).toBe(2)
    expect([await value(stream.next()), await value(stream.next())]).toEqual([1, 2])
    const waiting = [stream.next(), stream.next()]
    writer.push(3)
    writer.push(4)
    expect(await Promise.all(waiting.map(value))).toEqual([3, 4])
    expect(stream.buffered).toBe(0)
  })

  it('ends for its reader after what is buffered, and for ever', async () => {
    const { writer, stream, told } = makeStream(10, 'error')
    writer.push(1)
    writer.end()
    writer.end(new Error('too late'))
    writer.push(2)
    expect(told.ended).toBe(1)
    expect(await value(stream.next())).toBe(1)
    expect([await isDone(stream.next()), await isDone(stream.next())]).toEqual([true, true])
  })

  it('ends with an error for one reader, then is done', async () => {
    const { writer, stream } = makeStream(10, 'error')
    const [first, second] = [stream.next(), stream.next()]
    const error = new Error('lost')
    writer.end(error)
    await expect(first).rejects.toBe(error)
    expect(await isDone(second)).toBe(true)
    expect(await isDone(stream.next())).toBe(true)
  })
})

describe('EventWriter with a full buffer', () => {
  it('fault: error ends it; the reader gets what was buffered, then the error', async () => {
    const { writer, stream, told } = makeStream(2, 'error')
    for (const n of [1, 2, 3, 4]) writer.push(n)
    expect([stream.buffered, told.ended]).toEqual([2, 1])
    expect([await value(stream.next()), await value(stream.next())]).toEqual([1, 2])
    await expect(stream.next()).rejects.toThrow('more than 2')
    expect(await isDone(stream.next())).toBe(true)
  })

  for (const [overflow, items, withGaps] of [
    ['drop-oldest', [4, 5], ['overflow 3', 4, 5]],
    ['drop-newest', [1, 2], [1, 2, 'overflow 3']],
  ] as const) {
    it(`fault: ${overflow} keeps to its size and counts`, async () => {
      const { writer, stream, told } = makeStream(2, overflow)
      for (const n of [1, 2, 3, 4, 5]) writer.push(n)
      expect([stream.buffered, stream.dropped, stream.gaps, told.ended]).toEqual([2, 3, 1, 0])
      expect(await drain(writer)).toEqual(items)
    })

    it(`fault: ${overflow} shows its hole in place`, async () => {
      const { writer, stream } = makeStream(2, overflow, true)
      for (const n of [1, 2, 3, 4, 5]) writer.push(n)
      expect([stream.dropped, stream.gaps]).toEqual([3, 1])
      expect(await drain(writer)).toEqual(withGaps)
    })
  }

  it('drop-newest goes on behind its hole', async () => {
    const { writer, stream } = makeStream(2, 'drop-newest', true)
    for (const n of [1, 2, 3]) writer.push(n)
    expect(await value(stream.next())).toBe(1)
    writer.push(4)
    writer.push(5)
    expect([stream.dropped, stream.gaps]).toEqual([2, 2])
    expect(await drain(writer)).toEqual([2, 'overflow 1', 4, 'overflow 1'])
  })

  it('drop-oldest joins a hole with the outage behind the dropped event', async () => {
    const { writer, stream } = makeStream(2, 'drop-oldest', true)
    writer.push(1)
    writer.pushGap(outage())
    writer.push(2)
    writer.push(3)
    expect([stream.dropped, stream.gaps]).toEqual([1, 2])
    expect(await drain(writer)).toEqual(['disconnect 1', 2, 3])
  })

  it('a hole joined with an earlier outage does not end before it begins', async () => {
    const { writer, stream } = makeStream<number | Gap>(2, 'drop-oldest', true)
    writer.push(1)
    writer.pushGap(outage(1000, 2000))
    writer.push(2)
    writer.push(3)
    const gap = await value(stream.next())
    if (!(gap instanceof Gap)) throw new Error('no gap')
    expect(gap.from.getTime()).toBeLessThanOrEqual(gap.to.getTime())
  })

  it('keeps its numbers over ten thousand events', async () => {
    const { writer, stream } = makeStream(3000, 'drop-oldest', true)
    for (let n = 0; n < 10_000; n += 1) writer.push(n)
    expect([stream.buffered, stream.dropped, stream.gaps]).toEqual([3000, 7000, 1])
    const items = await drain(writer)
    expect(items[0]).toBe('overflow 7000')
    expect(items.slice(1)).toEqual(Array.from({ length: 3000 }, (_, n) => 7000 + n))
  })
})

describe('gaps of an EventWriter', () => {
  it('come in their place, to a waiting reader at once', async () => {
    const { writer, stream } = makeStream(10, 'error', true)
    const waiting = stream.next()
    const gap = outage()
    writer.pushGap(gap)
    expect(await value(waiting)).toBe(gap)
    writer.push(1)
    writer.pushGap(outage())
    writer.push(2)
    expect(await drain(writer)).toEqual([1, 'disconnect 0', 2])
  })

  it('with no event between them are one', async () => {
    const { writer, stream } = makeStream(10, 'error', true)
    writer.pushGap(outage(1000, 2000))
    writer.pushGap(outage(3000, 4000))
    expect(stream.gaps).toBe(1)
    expect(await value(stream.next())).toEqual(outage(1000, 4000))
    expect(await drain(writer)).toEqual([])
  })

  it('are only counted where they are not asked for', async () => {
    const { writer, stream } = makeStream(10, 'error', false)
    writer.push(1)
    writer.pushGap(outage())
    writer.push(2)
    expect(stream.gaps).toBe(1)
    expect(await drain(writer)).toEqual([1, 2])
  })

  it('take no room of events', () => {
    const { writer, stream } = makeStream(1, 'error', true)
    writer.pushGap(outage())
    writer.push(1)
    writer.pushGap(outage())
    expect(stream.buffered).toBe(1)
  })
})

describe('properties of EventWriter', () => {
  const step = fc.constantFrom('push', 'push', 'push', 'read', 'read', 'gap')

  it('fault: any schedule keeps the order, counts what is dropped and shows every hole before the next event', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 80 }),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom('drop-oldest' as const, 'drop-newest' as const),
        fc.boolean(),
        async (steps, maxBuffered, overflow, withGaps) => {
          const { writer, stream } = makeStream(maxBuffered, overflow, withGaps)
          const reads: Promise<IteratorResult<number>>[] = []
          const outagesBefore = new Set<number>()
          let pushed = 0
          for (const each of steps) {
            if (each === 'push') writer.push(pushed++)
            else if (each === 'read') reads.push(stream.next())
            else {
              writer.pushGap(outage())
              outagesBefore.add(pushed)
            }
            expect(stream.buffered).toBeLessThanOrEqual(maxBuffered)
          }
          writer.end()
          const settled = await Promise.all(reads)
          for (let read = await stream.next(); read.done !== true; read = await stream.next()) settled.push(read)
          const items: unknown[] = settled.filter((read) => read.done !== true).map((read) => read.value)
          const numbers = items.filter((item): item is number => typeof item === 'number')
          expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
          expect(new Set(numbers).size).toBe(numbers.length)
          expect(numbers.length + stream.dropped).toBe(pushed)
          if (!withGaps) {
            expect(numbers).toEqual(items)
            return
          }
          let next = 0
          let missed = 0
          let outageShown = false
          const skipTo = (number: number) => {
            expect(missed).toBe(number - next)
            for (let at = next; at <= number; at += 1) if (outagesBefore.has(at)) expect(outageShown).toBe(true)
            next = number + 1
            missed = 0
            outageShown = false
          }
          for (const item of items) {
            if (item instanceof Gap) {
              missed += item.dropped
              outageShown ||= item.reason === 'disconnect'
            } else skipTo(item as number)
          }
          skipTo(pushed)
        },
      ),
      { numRuns: 1000, interruptAfterTimeLimit: 6000 },
    )
  })

  it('fault: with overflow error nothing is lost silently: all events in order, or a prefix and the error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), async (steps, maxBuffered) => {
        const { writer, stream, told } = makeStream(maxBuffered, 'error')
        const reads: Promise<IteratorResult<number> | Error>[] = []
        const read = () => stream.next().catch((error: Error) => error)
        let pushed = 0
        for (const each of steps) {
          if (each === 'push') writer.push(pushed++)
          else if (each === 'read') reads.push(read())
          else writer.pushGap(outage())
          expect(stream.buffered).toBeLessThanOrEqual(maxBuffered)
        }
        const overflown = told.ended === 1
        writer.end()
        const settled = await Promise.all(reads)
        for (let at = 0; at <= maxBuffered + 1; at += 1) settled.push(await read())
        const errors = settled.filter((each) => each instanceof Error)
        const numbers = settled.flatMap((each) => (each instanceof Error || each.done === true ? [] : [each.value]))
        expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, n) => n))
        expect(errors).toHaveLength(overflown ? 1 : 0)
        if (!overflown) expect(numbers).toHaveLength(pushed)
        expect(told.ended).toBe(1)
      }),
      { numRuns: 500, interruptAfterTimeLimit: 4000 },
    )
  })
})
