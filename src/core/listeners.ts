import { asError } from './errors.js'

/**
 * A listener of a user's, guarded: what it throws, or what the promise that it returns rejects with, is reported and reaches nobody else. Any
 * object with a `then` counts as a promise.
 *
 * @throws TypeError when it is not a function.
 */
export function guarded<Facts extends readonly unknown[]>(
  listener: (...facts: Facts) => unknown,
  report: (error: Error) => void,
): (...facts: Facts) => void {
  if (typeof listener !== 'function') throw new TypeError(`A listener must be a function, not ${typeof listener}`)
  const settle = async (returned: unknown) => {
    try {
      await returned
    } catch (rejected) {
      report(asError(rejected))
    }
  }
  return (...facts) => {
    try {
      const returned = listener(...facts)
      if (isObject(returned)) void settle(returned)
    } catch (thrown) {
      report(asError(thrown))
    }
  }
}

function isObject(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
