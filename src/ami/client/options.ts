import type { BackoffOptions } from '../../core/backoff.js'
import { count, duration, quote } from '../../core/checks.js'
import type { Clock } from '../../core/clock.js'
import { textCodec } from '../../core/text-codec.js'
import type { Connector } from '../../core/transport.js'
import { type AMILimits, resolveLimits } from '../protocol/limits.js'

/** When and how often a lost connection is made again. */
export interface ReconnectOptions {
  /** @default 250 */
  readonly initialDelayMs?: number
  /** @default 30_000 */
  readonly maxDelayMs?: number
  /** @default 2 */
  readonly factor?: number
  /** Which part of a delay is left to chance, 0 to 1. @default 0.5 */
  readonly jitter?: number
  /** How many times in a row to try again before giving up. @default Infinity */
  readonly maxAttempts?: number
}

/**
 * How a peer that is silently gone is found: after `intervalMs` of silence a Ping, after `timeoutMs` more the end. It is silent while no message
 * is completed and no answer to an action goes on; other bytes do not count, as they may be anything. An action that holds up the connection
 * (Originate without `Async`, WaitEvent) excuses silence while it is waited for, for 10 min at the most.
 */
export interface KeepAliveOptions {
  /** @default 10_000 */
  readonly intervalMs?: number
  /** @default 5_000 */
  readonly timeoutMs?: number
}

/** How the client speaks to Asterisk. Durations are in milliseconds. */
export interface AMIClientOptions {
  /** @default '127.0.0.1' */
  readonly host?: string
  /** @default 5038, with TLS 5039 */
  readonly port?: number
  readonly username: string
  readonly secret: string
  /** `md5` answers a challenge, so that the secret never travels. @default 'md5', with TLS 'plaintext' */
  readonly authType?: 'md5' | 'plaintext'
  /** The events wanted, as a mask that is sent at login: all, none, or classes such as `'call,agent'`. @default true */
  readonly events?: boolean | string
  /** `false`: a lost connection is not made again. */
  readonly reconnect?: ReconnectOptions | false
  /** `false`: no Ping is sent. */
  readonly keepAlive?: KeepAliveOptions | false
  /** The most for making the link, again for the greeting, and again for the login's answer. @default 10_000 */
  readonly connectTimeoutMs?: number
  /**
   * The most that `login()` waits for Asterisk's FullyBooted event, which an account without `system` rights, or a mask
   * without `system`, does not get. Once an account has got it, it is waited for up to `connectTimeoutMs`.
   * @default 500
   */
  readonly bootTimeoutMs?: number
  /**
   * The most an action takes, its time in the queue included, and the most that `login()` takes. An action for which Asterisk itself waits
   * (Originate without `Async`: its `Timeout`, or 30 s; WaitEvent with a `Timeout`) may take that long and 5 s more; only its own `timeoutMs`
   * shortens that.
   * @default 30_000
   */
  readonly actionTimeoutMs?: number
  /** How many actions may wait for their answer at once; more wait in the queue. @default 100 */
  readonly maxInFlight?: number
  /** @default 'utf-8' */
  readonly encoding?: string
  readonly limits?: Partial<AMILimits>
  /** A link of your own in place of TCP. `host` and `port`, if given, then only name the server in messages. */
  readonly connect?: Connector | undefined
  /** @default the system's clock */
  readonly clock?: Clock
}

/** The options with every default filled in. */
export interface ResolvedOptions {
  readonly username: string
  readonly secret: string
  readonly authType: 'md5' | 'plaintext'
  /** As `Login` takes it. */
  readonly eventMask: string
  /** `maxAttempts` is 0 for a client that does not reconnect. */
  readonly reconnect: BackoffOptions & { readonly maxAttempts: number }
  readonly keepAlive: Required<KeepAliveOptions> | undefined
  readonly connectTimeoutMs: number
  readonly bootTimeoutMs: number
  readonly actionTimeoutMs: number
  readonly maxInFlight: number
  readonly encoding: string
  readonly limits: AMILimits
  /** What messages call the server. */
  readonly peer: string
}

const KNOWN = new Set([
  'host',
  'port',
  'username',
  'secret',
  'tls',
  'authType',
  'events',
  'reconnect',
  'keepAlive',
  'connectTimeoutMs',
  'bootTimeoutMs',
  'actionTimeoutMs',
  'maxInFlight',
  'encoding',
  'limits',
  'connect',
  'clock',
])

/**
 * Checks the options and fills in the defaults.
 *
 * @throws TypeError or RangeError that names the option and quotes its value (but a secret).
 */
export function resolveOptions(options: AMIClientOptions & { readonly tls?: unknown }): ResolvedOptions {
  for (const name of Object.keys(options)) {
    if (!KNOWN.has(name)) throw new TypeError(`There is no option ${JSON.stringify(name)}; known are ${[...KNOWN].join(', ')}`)
  }
  const tls = options.tls !== undefined && options.tls !== false
  const { host = '127.0.0.1', port = tls ? 5039 : 5038, authType = tls ? 'plaintext' : 'md5', encoding = 'utf-8' } = options
  if (typeof host !== 'string' || host === '' || /[\s/]/.test(host)) {
    // A URL may hold the secret.
    const shown = typeof host === 'string' ? host.replace(/\/\/[^@]*@/, '//…@') : host
    throw new TypeError(`host must be a name or an address without scheme and path, not ${quote(shown)}`)
  }
  if (!(Number.isInteger(port) && port > 0 && port < 65_536))
    throw new RangeError(`port must be a whole number from 1 to 65535, not ${quote(port)}`)
  if (authType !== 'md5' && authType !== 'plaintext')
    throw new TypeError(`authType must be 'md5' or 'plaintext', not ${quote(authType)}`)
  if (typeof options.username !== 'string' || options.username === '' || breaksLine(options.username)) {
    throw new TypeError(`username must be text without CR, LF and NUL, not ${quote(options.username)}`)
  }
  if (typeof options.secret !== 'string') throw new TypeError(`secret must be text, not ${typeof options.secret}`)
  if (breaksLine(options.secret)) throw new TypeError('secret must not hold CR, LF or NUL')
  if (options.connect !== undefined && typeof options.connect !== 'function')
    throw new TypeError(`connect must be a function, not ${quote(options.connect)}`)
  if (
    options.tls !== undefined &&
    typeof options.tls !== 'boolean' &&
    (typeof options.tls !== 'object' || options.tls === null)
  ) {
    throw new TypeError(`tls must be true, false or options of node:tls, not ${quote(options.tls)}`)
  }
  if (options.clock !== undefined && typeof options.clock !== 'object')
    throw new TypeError(`clock must be an object, not ${quote(options.clock)}`)
  if (typeof encoding !== 'string') throw new TypeError(`encoding must be text, not ${quote(encoding)}`)
  textCodec(encoding)
  return {
    username: options.username,
    secret: options.secret,
    authType,
    eventMask: eventMask(options.events ?? true),
    reconnect: reconnectOptions(options.reconnect === undefined ? {} : options.reconnect),
    keepAlive: keepAliveOptions(options.keepAlive === undefined ? {} : options.keepAlive),
    connectTimeoutMs: duration('connectTimeoutMs', options.connectTimeoutMs ?? 10_000),
    bootTimeoutMs: duration('bootTimeoutMs', options.bootTimeoutMs ?? 500, 0),
    actionTimeoutMs: duration('actionTimeoutMs', options.actionTimeoutMs ?? 30_000),
    maxInFlight: count('maxInFlight', options.maxInFlight ?? 100),
    encoding,
    limits: resolveLimits(options.limits),
    peer: peerOf(options, host, port),
  }
}

function peerOf({ connect, ...given }: AMIClientOptions, host: string, port: number): string {
  if (connect !== undefined && given.host === undefined && given.port === undefined) return connect.peer ?? 'the server'
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function reconnectOptions(options: ReconnectOptions | false): ResolvedOptions['reconnect'] {
  if (options === false) return { initialDelayMs: 0, maxDelayMs: 0, factor: 1, jitter: 0, maxAttempts: 0 }
  section('reconnect', options, ['initialDelayMs', 'maxDelayMs', 'factor', 'jitter', 'maxAttempts'])
  const { initialDelayMs = 250, maxDelayMs = 30_000, factor = 2, jitter = 0.5, maxAttempts = Number.POSITIVE_INFINITY } = options
  duration('reconnect.initialDelayMs', initialDelayMs)
  duration('reconnect.maxDelayMs', maxDelayMs, initialDelayMs)
  if (typeof factor !== 'number' || !(factor >= 1))
    throw new RangeError(`reconnect.factor must be 1 or more, not ${quote(factor)}`)
  if (typeof jitter !== 'number' || !(jitter >= 0 && jitter <= 1))
    throw new RangeError(`reconnect.jitter must be from 0 to 1, not ${quote(jitter)}`)
  return { initialDelayMs, maxDelayMs, factor, jitter, maxAttempts: count('reconnect.maxAttempts', maxAttempts) }
}

function keepAliveOptions(options: KeepAliveOptions | false): ResolvedOptions['keepAlive'] {
  if (options === false) return undefined
  section('keepAlive', options, ['intervalMs', 'timeoutMs'])
  return {
    intervalMs: duration('keepAlive.intervalMs', options.intervalMs ?? 10_000),
    timeoutMs: duration('keepAlive.timeoutMs', options.timeoutMs ?? 5_000),
  }
}

function section(name: string, options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`${name} must be an object or false, not ${quote(options)}`)
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw new TypeError(`There is no option ${name}.${key}; known are ${known.join(', ')}`)
  }
}

function eventMask(events: boolean | string): string {
  if (events === true) return 'on'
  if (events === false) return 'off'
  if (typeof events !== 'string' || events === '' || breaksLine(events)) {
    throw new TypeError(`events must be true, false or a list of classes such as 'call,agent', not ${quote(events)}`)
  }
  // Asterisk takes a space as part of a class's name, and a class it does not know as none.
  return events.replaceAll(' ', '')
}

function breaksLine(text: string): boolean {
  return /[\r\n\0]/.test(text)
}
