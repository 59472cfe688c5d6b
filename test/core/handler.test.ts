import fc from 'fast-check'
import { Handler } from 'obelus-asterisk/protocol'
import { describe, expect, it } from 'vitest'

function watch<T>(handler: Handler<T>): unknown[] {
  const seen: unknown[] = []
  handler.onResult = (result) => seen.push(['result', result])
  handler.onException = (error) => seen.push(['exception', error.message])
  return seen
}

describe('Handler', () => {
  it('calls the callback that fits the outcome, once', () => {
    const [good, bad] = [new Handler<number>(), new Handler<number>()]
    const seen = [watch(good), watch(bad)]
    expect([good.done, bad.done]).toEqual([false, false])
    good.setResult(1)
    bad.setException(new Error('no'))
    expect([good.done, bad.done]).toEqual([true, true])
    expect(seen).toEqual([[['result', 1]], [['exception', 'no']]])
  })

  it('calls a callback that is set after the outcome at once, but only one', () => {
    const handler = new Handler<undefined>()
    handler.setResult(undefined)
    expect(watch(handler)).toEqual([['result', undefined]])
    expect(watch(handler)).toEqual([])
  })

  it('gives back the callbacks it was given', () => {
    const handler = new Handler<number>()
    const onResult = () => undefined
    const onException = () => undefined
    expect([handler.onResult, handler.onException]).toEqual([undefined, undefined])
    Object.assign(handler, { onResult, onException })
    expect([handler.onResult, handler.onException]).toEqual([onResult, onException])
    handler.onResult = undefined
    handler.setResult(1)
    expect(watch(handler)).toEqual([['result', 1]])
  })

  it('has one outcome, whatever is called in whatever order', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('setResult' as const), value: fc.nat(9) }),
      fc.record({ do: fc.constant('setException' as const), value: fc.nat(9) }),
      fc.record({ do: fc.constantFrom('watch' as const, 'unwatch' as const), value: fc.constant(0) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const handler = new Handler<number>()
        const calls: unknown[] = []
        let outcome: unknown
        let watched = false
        let expected = 0
        for (const each of steps) {
          if (each.do === 'watch' || each.do === 'unwatch') {
            watched = each.do === 'watch'
            handler.onResult = watched ? (result) => calls.push(['result', result]) : undefined
            handler.onException = watched ? (error) => calls.push(['exception', error.message]) : undefined
          } else {
            if (each.do === 'setResult') handler.setResult(each.value)
            else handler.setException(new Error(String(each.value)))
            outcome ??= each.do === 'setResult' ? ['result', each.value] : ['exception', String(each.value)]
          }
          if (watched && outcome !== undefined) expected = 1
          expect(handler.done).toBe(outcome !== undefined)
          expect(calls).toEqual(expected === 1 ? [outcome] : [])
        }
      }),
      { numRuns: 500, interruptAfterTimeLimit: 3000 },
    )
  })

  it('a callback that throws leaves the outcome and the promise as they are', async () => {
    const handler = new Handler<number>()
    const promise = handler.toPromise()
    handler.onResult = () => {
      throw new Error('callback')
    }
    expect(() => handler.setResult(1)).toThrow('callback')
    expect(handler.done).toBe(true)
    handler.setException(new Error('later'))
    await expect(promise).resolves.toBe(1)
  })

  it('is one promise, made before or after the outcome', async () => {
    const early = new Handler<number>()
    expect(early.toPromise()).toBe(early.toPromise())
    const promise = early.toPromise()
    early.setResult(1)
    early.setResult(2)
    await expect(promise).resolves.toBe(1)
    const late = new Handler<number>()
    const error = new Error('no')
    late.setException(error)
    await expect(late.toPromise()).rejects.toBe(error)
    await expect(late.toPromise()).rejects.toBe(error)
  })

  it('without a promise asked for, an exception is nobody’s unhandled rejection', () => {
    new Handler<number>().setException(new Error('unseen'))
  })
})

describe('Handler.aggregate', () => {
  it('gives the results in the order of the handlers', () => {
    const handlers = [new Handler<string>(), new Handler<string>(), new Handler<string>()]
    handlers[1]?.setResult('b')
    const all = Handler.aggregate(handlers)
    handlers[2]?.setResult('c')
    expect(all.done).toBe(false)
    handlers[0]?.setResult('a')
    expect(watch(all)).toEqual([['result', ['a', 'b', 'c']]])
  })

  it('fails with the first exception, at once', () => {
    const handlers = [new Handler<string>(), new Handler<string>(), new Handler<string>()]
    const seen = watch(Handler.aggregate(handlers))
    handlers[2]?.setException(new Error('third'))
    expect(seen).toEqual([['exception', 'third']])
    handlers[0]?.setException(new Error('first'))
    handlers[1]?.setResult('b')
    expect(seen).toEqual([['exception', 'third']])
  })

  it('of none is an empty list at once', () => expect(watch(Handler.aggregate([]))).toEqual([['result', []]]))
})
