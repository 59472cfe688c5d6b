import { quote } from './checks.js'
import type { Clock } from './clock.js'
import { nearestName } from './nearest-name.js'
import { textCodec } from './text-codec.js'

/** What an option takes. */
export interface OptionKind {
  /** Completes "port must be …". */
  readonly expected: string
  /** Whether a value is of this kind, as far as can be seen from outside. */
  accepts(value: unknown): boolean
  /** Looks into a value that is accepted, and throws if something in it is wrong. */
  inspect?(path: string, value: unknown, secrets: Secrets): void
  /** Whether it cannot be left out; `undefined` leaves an option out. */
  readonly isRequired?: boolean | undefined
  /** Whether no error may show its value. */
  readonly isSecret?: boolean | undefined
  /** Whether it has a range, so that what is out of it is a RangeError. */
  readonly hasRange?: boolean | undefined
}

/** Of these options, any. */
export type Optional<Options> = { readonly [Name in keyof Options]?: Options[Name] | undefined }

/** These options with every default filled in. */
export type Complete<Options> = { readonly [Name in keyof Options]-?: Exclude<Options[Name], undefined> }

/** What each option of an object takes. */
export type OptionsShape<Options> = { readonly [Name in keyof Options]-?: OptionKind }

type Shape = Readonly<Record<string, OptionKind>>

/** What no error may show. */
type Secrets = () => readonly string[]

/**
 * Checks an options object, to every depth: its names, and what they are set to.
 *
 * @param path what errors call an object that is part of another, such as `limits`.
 * @throws TypeError for a name that is not known, which says the nearest one that is; TypeError or RangeError that quotes a wrong value, but
 * never a secret.
 */
export function checkOptions(options: unknown, shape: Shape, path = '', outerSecrets: Secrets = () => []): void {
  if (!isObject(options)) throw new TypeError(`${path || 'options'} must be an object, not ${nameOfKind(options)}`)
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(shape, name)) throw unknownName('option', name, Object.keys(shape), path)
  }
  const secrets = () => [...outerSecrets(), ...Object.keys(shape).flatMap((name) => secretOf(options[name], shape[name]))]
  for (const [name, kind] of Object.entries(shape)) checkOption(joined(path, name), options[name], kind, secrets)
}

/** What to throw for a name that is not known. `path`: what it is part of. */
export function unknownName(what: string, name: string, known: readonly string[], path = ''): TypeError {
  const nearest = nearestName(name, known)
  const advice = nearest === undefined ? '; known are' : `; did you mean ${quote(nearest)}? Known are`
  return new TypeError(`There is no ${what} ${quote(joined(path, name))}${advice} ${known.join(', ')}`)
}

export const text: OptionKind = { expected: 'text', accepts: isText }
/** Text that can stand in a line of a protocol. */
export const line: OptionKind = { expected: 'text without CR, LF and NUL', accepts: isLine }
/** The same, and no error shows it. */
export const secret: OptionKind = { ...line, isSecret: true }
export const flag: OptionKind = { expected: 'true or false', accepts: (value) => typeof value === 'boolean' }
export const callback: OptionKind = { expected: 'a function', accepts: (value) => typeof value === 'function' }
export const anObject: OptionKind = { expected: 'an object', accepts: isObject }
/** Lists and Maps too. */
export const anyObject: OptionKind = {
  expected: 'an object, a Map or a list',
  accepts: (value) => typeof value === 'object' && value !== null,
}
export const number: OptionKind = { expected: 'a finite number', accepts: Number.isFinite, hasRange: true }
export const abortSignal: OptionKind = {
  expected: 'an AbortSignal',
  accepts: (value) => isObject(value) && typeof value.aborted === 'boolean' && hasMethods(value, SIGNAL_METHODS),
}
export const clock: OptionKind = {
  expected: 'an object with the methods now and after',
  accepts: (value) => isObject(value) && hasMethods(value, CLOCK_METHODS),
}
export const encoding: OptionKind = {
  expected: 'utf-8, latin1 or another single-byte encoding that this runtime knows',
  accepts: (value) => isText(value) && isEncoding(value),
  hasRange: true,
}
export const hostName: OptionKind = {
  expected: 'a name or an address, without scheme, user, port and path',
  accepts: (value) => isText(value) && isHostName(value),
}

const SIGNAL_METHODS = ['addEventListener', 'removeEventListener']
const CLOCK_METHODS: readonly (keyof Clock)[] = ['now', 'after']

/** A duration; Infinity is allowed. */
export function milliseconds(least = 1): OptionKind {
  const expected = `a number of milliseconds from ${least} up`
  return { expected, accepts: (value) => isWithin(value, least, undefined), hasRange: true }
}

/** How many; Infinity is allowed. */
export const amount: OptionKind = {
  expected: 'a whole number above 0',
  accepts: (value) => value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && Number(value) > 0),
  hasRange: true,
}

/** @param most default: no limit, but not Infinity */
export function wholeNumber(least: number, most?: number): OptionKind {
  const range = most === undefined ? `${least} up` : `${least} to ${most}`
  return {
    expected: least === 1 && most === undefined ? amount.expected : `a whole number from ${range}`,
    accepts: (value) => Number.isInteger(value) && isWithin(value, least, most),
    hasRange: true,
  }
}

/** @param most default: no limit, but not Infinity */
export function numberFrom(least: number, most?: number): OptionKind {
  const range = most === undefined ? `${least} up` : `${least} to ${most}`
  return {
    expected: `a number from ${range}`,
    accepts: (value) => Number.isFinite(value) && isWithin(value, least, most),
    hasRange: true,
  }
}

export function oneOf(...values: readonly (string | number | false)[]): OptionKind {
  const shown = values.map((value) => (typeof value === 'string' ? `'${value}'` : String(value)))
  return { expected: orList(shown), accepts: (value) => values.includes(value as string) }
}

/** What one of several takes. */
export function either(...kinds: readonly OptionKind[]): OptionKind {
  const inspect: OptionKind['inspect'] = (path, value, secrets) =>
    kinds.find((kind) => kind.accepts(value))?.inspect?.(path, value, secrets)
  return {
    expected: orList(kinds.map(({ expected }) => expected)),
    accepts: (value) => kinds.some((kind) => kind.accepts(value)),
    inspect,
    isSecret: kinds.some((kind) => kind.isSecret === true),
  }
}

/** Options within options. */
export function section(shape: Shape): OptionKind {
  return { ...anObject, inspect: (path, value, secrets) => checkOptions(value, shape, path, secrets) }
}

/** An object with any names. */
export function recordOf(kind: OptionKind): OptionKind {
  return {
    ...anObject,
    inspect: (path, value, secrets) => {
      for (const [name, each] of Object.entries(value as object)) checkOption(joined(path, name), each, kind, secrets)
    },
  }
}

export function listOf(kind: OptionKind): OptionKind {
  return {
    expected: 'a list',
    accepts: Array.isArray,
    inspect: (path, value, secrets) => {
      for (const [at, each] of (value as unknown[]).entries()) checkOption(`${path}[${at}]`, each, required(kind), secrets)
    },
  }
}

export function required(kind: OptionKind): OptionKind {
  return { ...kind, isRequired: true }
}

function checkOption(path: string, value: unknown, kind: OptionKind, secrets: Secrets): void {
  if (value === undefined && kind.isRequired !== true) return
  if (kind.accepts(value)) {
    kind.inspect?.(path, value, secrets)
    return
  }
  const shown = kind.isSecret ? nameOfKind(value) : quote(value, secrets())
  const OptionError = kind.hasRange ? RangeError : TypeError
  throw new OptionError(`${path} must be ${kind.expected}, not ${shown}`)
}

function secretOf(value: unknown, kind: OptionKind | undefined): string[] {
  return kind?.isSecret === true && isText(value) ? [value] : []
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

/** A value, by its kind only. */
function nameOfKind(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  return Array.isArray(value) ? 'a list' : isText(value) ? 'this text' : typeof value
}

/** A list as a sentence has it: `a, b or c`. */
function orList(items: readonly string[]): string {
  const last = items.at(-1) ?? ''
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} or ${last}`
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isLine(value: unknown): boolean {
  return isText(value) && !/[\r\n\0]/.test(value)
}

function isWithin(value: unknown, least: number, most: number | undefined): boolean {
  return typeof value === 'number' && value >= least && (most === undefined || value <= most)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasMethods(value: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === 'function')
}

function isEncoding(name: string): boolean {
  try {
    textCodec(name)
    return true
  } catch {
    return false
  }
}

/** A colon belongs to an IPv6 address, which has at least two. */
function isHostName(host: string): boolean {
  return /^[^\s/@?#[\]:]+$/.test(host) || (/^[0-9a-f:.]+(%\w+)?$/i.test(host) && host.split(':').length > 2)
}
