import { quote } from '../core/checks.js'

/** It stands in subjects and keys of others, so it is plain. */
const NAME = /^[a-z0-9-]{1,32}$/

/** @throws TypeError for a name that is not 1 to 32 of a-z, 0-9 and `-`. */
export function checkName(name: string): void {
  if (typeof name !== 'string' || !NAME.test(name))
    throw new TypeError(`The name of a PBX is 1 to 32 of a-z, 0-9 and "-", not ${quote(name)}`)
}
