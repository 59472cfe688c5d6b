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

/** A value as an error quotes it. */
export function quote(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
