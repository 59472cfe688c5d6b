import type { Clock } from 'obelus-asterisk'
import { expect, it } from 'vitest'
import { Timeline } from '../../src/testing/timeline.js'
import { VirtualClock } from '../support/virtual-clock.js'

/** As Node's timers are: whole milliseconds, counted from a time that stood still while the clock went on. */
class CoarseClock implements Clock {
  readonly #inner = new VirtualClock()
  #calls = 0

  now(): number {
    this.#calls += 1
    return this.#inner.now() + (this.#calls % 4) * 0.4
  }

  after(ms: number, callback: () => void): () => void {
    return this.#inner.after(Math.max(1, Math.trunc(ms)), callback)
  }

  advance(ms: number): Promise<void> {
    return this.#inner.advance(ms)
  }
}

it('keeps the order, whatever the timers do, and puts what comes late in its place', async () => {
  const clock = new CoarseClock()
  const timeline = new Timeline(clock)
  const seen: number[] = []
  const start = clock.now()
  const times = Array.from({ length: 200 }, (_, at) => (at * 7.3) % 50).sort((one, two) => one - two)
  const [late = 0] = times.splice(50, 1)
  for (const time of times) timeline.put(start + time, () => seen.push(time))
  timeline.put(start + late, () => seen.push(late))
  expect(timeline.isEmpty).toBe(false)
  await clock.advance(100)
  expect(seen).toEqual([...times, late].sort((one, two) => one - two))
  expect(timeline.isEmpty).toBe(true)
})

it('nothing happens before its time, nor after it was cleared, nor twice', async () => {
  const clock = new VirtualClock()
  const timeline = new Timeline(clock)
  const seen: string[] = []
  const put = (ms: number, what: string) => timeline.put(clock.now() + ms, () => seen.push(what))
  put(20, 'second')
  put(10, 'first')
  await clock.advance(9)
  expect(seen).toEqual([])
  await clock.advance(1)
  expect(seen).toEqual(['first'])
  put(1, 'third')
  timeline.clear()
  await clock.advance(100)
  expect([seen, clock.timers]).toEqual([['first'], 0])
})
