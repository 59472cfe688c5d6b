import { asError } from './errors.js'
import { unknownName } from './options.js'

/**
 * A name that a program without types may give to `on`. `names` has those that there are.
 *
 * @throws TypeError for a name that nothing has, which says what there is.
 */
export function checkListener(name: unknown, names: Readonly<Record<string, true>>, advice = ''): void {
  if (typeof name === 'string' && Object.hasOwn(names, name)) return
  const { message } = unknownName('event', String(name), Object.keys(names))
  throw new TypeError(message + advice)
}

/**
 * A listener of a user's, guarded: what it throws, or what the promise that it returns rejects with, is reported and reaches
 * nobody else. Any object with a `then` counts as a promise.
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
