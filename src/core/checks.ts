/** A duration in milliseconds; Infinity is allowed. @throws RangeError that quotes what is none. */
export function duration(name: string, value: number, least = 1): number {
  if (typeof value !== 'number' || !(value >= least))
    throw new RangeError(`${name} must be a number of milliseconds from ${least} up, not ${quote(value)}`)
  return value
}

/** A whole number above 0; Infinity is allowed. @throws RangeError that quotes what is none. */
export function count(name: string, value: number): number {
  if (!(Number.isInteger(value) || value === Number.POSITIVE_INFINITY) || value < 1)
    throw new RangeError(`${name} must be a whole number above 0, not ${quote(value)}`)
  return value
}

/**
 * What a program without types may give to `on`: a name that nothing has, and no function. `names` has those that there are.
 *
 * @throws TypeError that says what there is.
 */
export function checkListener(name: unknown, listener: unknown, names: Readonly<Record<string, true>>, advice = ''): void {
  if (typeof name !== 'string' || !Object.hasOwn(names, name))
    throw new TypeError(`There is no ${quote(name)} to listen to, only ${Object.keys(names).join(', ')}${advice}`)
  callable(`The listener of ${quote(name)}`, listener)
}

/** @throws TypeError that quotes what is no function. */
export function callable(what: string, value: unknown): void {
  if (typeof value !== 'function') throw new TypeError(`${what} must be a function, not ${quote(value)}`)
}

/** A value as an error quotes it. */
export function quote(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
