import { describe, expect, it } from 'vitest'
import { asError } from '../../src/core/errors.js'
import { guarded } from '../../src/core/listeners.js'
import { settle } from '../support/virtual-clock.js'

const withoutPrototype = () => Object.create(null) as object
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

describe('asError', () => {
  it('leaves an error as it is', () => {
    const error = new RangeError('out')
    expect(asError(error)).toBe(error)
  })

  it.each([
    ['a text', 'no', 'no'],
    ['nothing', undefined, 'undefined'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['an object', { toString: () => 'mine' }, 'mine'],
    ['an object without prototype', withoutPrototype(), 'an object without text'],
    ['a proxy that is revoked', revoked(), 'an object without text'],
  ])('makes one of %s, which is its cause', (_, thrown, text) => {
    const error = asError(thrown)
    expect(error.message).toBe(`Not an error was thrown: ${text}`)
    expect(Object.is(error.cause, thrown)).toBe(true)
  })
})

describe('a guarded listener', () => {
  const rejecting = {
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what this is about
    then: (_: unknown, reject: (reason: unknown) => void) => reject('rejected'),
  }
  const throwing = {
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what this is about
    get then() {
      throw new Error('in then')
    },
  }

  it.each<[string, () => unknown, string]>([
    [
      'throws an error',
      () => {
        throw new Error('thrown')
      },
      'thrown',
    ],
    [
      'throws an object without prototype',
      () => {
        throw withoutPrototype()
      },
      'Not an error was thrown: an object without text',
    ],
    ['rejects', () => Promise.reject(new Error('rejected')), 'rejected'],
    [
      'rejects with an object without prototype',
      () => Promise.reject(withoutPrototype()),
      'Not an error was thrown: an object without text',
    ],
    ['returns an object whose then rejects', () => rejecting, 'Not an error was thrown: rejected'],
    [
      'returns a function whose then rejects',
      () => Object.assign(() => undefined, rejecting),
      'Not an error was thrown: rejected',
    ],
    ['returns an object whose then throws', () => throwing, 'in then'],
  ])('that %s is reported', async (_, listener, message) => {
    const reported: string[] = []
    guarded(listener, (error) => reported.push(error.message))()
    await settle()
    expect(reported).toEqual([message])
  })

  it('is given everything, and what it returns in order is left alone', async () => {
    const given: unknown[] = []
    const listen = guarded((...facts: number[]) => {
      given.push(...facts)
      return [() => ({}), () => Promise.resolve(), () => 5, () => null][given.length % 4]?.()
    }, asError)
    for (const fact of [1, 2, 3, 4]) listen(fact)
    await settle()
    expect(given).toEqual([1, 2, 3, 4])
  })

  it('must be a function', () => {
    expect(() => guarded(5 as never, asError)).toThrow(new TypeError('A listener must be a function, not number'))
  })
})
