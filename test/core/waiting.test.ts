import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { limitWait, waitWithin } from '../../src/core/waiting.js'
import { settle, VirtualClock } from '../support/virtual-clock.js'

function open(promise: Promise<unknown>, timeoutMs: number) {
  const clock = new VirtualClock()
  const abort = new AbortController()
  const { signal } = abort
  const outcome: unknown[] = []
  waitWithin(promise, { clock, timeoutMs, signal, tooLate: () => new Error('too late') }).then(
    (value) => outcome.push(value),
    (error: Error) => outcome.push(error.message),
  )
  const leftovers = () => clock.timers + getEventListeners(signal, 'abort').length
  return { clock, abort, outcome, leftovers }
}

const never = new Promise<never>(() => undefined)

it.each<[string, () => Promise<unknown>, (at: ReturnType<typeof open>) => unknown, unknown]>([
  ['the promise resolves', () => Promise.resolve('done'), settle, 'done'],
  ['the promise rejects', () => Promise.reject(new Error('refused')), settle, 'refused'],
  ['the time is up', () => never, ({ clock }) => clock.advance(100), 'too late'],
  ['the signal aborts', () => never, ({ abort }) => abort.abort(new Error('enough')), 'enough'],
])('settles when %s, once, and leaves neither timer nor listener', async (_, begin, then, expected) => {
  const at = open(begin(), 100)
  expect(at.leftovers()).toBe(2)
  await then(at)
  await settle()
  at.abort.abort(new Error('after all'))
  await at.clock.advance(1_000)
  expect(at.outcome).toEqual([expected])
  expect(at.leftovers()).toBe(0)
})

it('sets no timer for a wait without limit', () => {
  expect(open(never, Number.POSITIVE_INFINITY).clock.timers).toBe(0)
})

it('does not begin with a signal that is aborted already', async () => {
  const signal = AbortSignal.abort(new Error('early'))
  const waiting = waitWithin(never, { clock: new VirtualClock(), timeoutMs: 100, signal, tooLate: () => new Error('late') })
  await expect(waiting).rejects.toThrow('early')
})

it('a limit calls back when it is reached, and leaves nothing behind once it is lifted', async () => {
  const clock = new VirtualClock()
  const abort = new AbortController()
  const reasons: unknown[] = []
  const limits = { clock, timeoutMs: 100, signal: abort.signal, tooLate: () => new Error('too late') }
  const first = limitWait(limits, (reason) => {
    first()
    reasons.push((reason as Error).message)
  })
  limitWait(limits, () => reasons.push('lifted'))()
  await clock.advance(100)
  abort.abort(new Error('enough'))
  expect(reasons).toEqual(['too late'])
  expect(clock.timers + getEventListeners(abort.signal, 'abort').length).toBe(0)
})
