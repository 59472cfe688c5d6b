import type { BackoffOptions } from '../../core/backoff.js'
import { duration } from '../../core/checks.js'
import type { Clock } from '../../core/clock.js'
import {
  amount,
  type Complete,
  callback,
  checkOptions,
  clock,
  either,
  encoding,
  flag,
  hostName,
  line,
  milliseconds,
  numberFrom,
  type Optional,
  type OptionKind,
  type OptionsShape,
  oneOf,
  required,
  secret,
  section,
  wholeNumber,
} from '../../core/options.js'
import { type RandomBytes, systemRandomBytes } from '../../core/random-bytes.js'
import type { Connector } from '../../core/transport.js'
import { type AMILimits, LIMITS_SHAPE, resolveLimits } from '../protocol/limits.js'

/** When and how often a lost connection is made again. */
export interface ReconnectOptions {
  /** The first delay, which every connection that was ready is followed by, however short it was. @default 250 */
  readonly initialDelayMs?: number | undefined
  /** @default 30_000 */
  readonly maxDelayMs?: number | undefined
  /** @default 2 */
  readonly factor?: number | undefined
  /** Which part of a delay is left to chance, 0 to 1. @default 0.5 */
  readonly jitter?: number | undefined
  /** How many times in a row to try again before giving up; a connection that lasts 5 s begins the count anew. @default Infinity */
  readonly maxAttempts?: number | undefined
}

/**
 * How a peer that is silently gone is found: after `intervalMs` of silence a Ping, after `timeoutMs` more the end. It is silent while no message
 * is completed and no answer to an action goes on; other bytes do not count, as they may be anything. An action that holds up the connection
 * (Originate without `Async`, WaitEvent) allows silence while it is waited for, for 10 min at the most.
 */
export interface KeepAliveOptions {
  /** @default 10_000 */
  readonly intervalMs?: number | undefined
  /** @default 5_000 */
  readonly timeoutMs?: number | undefined
}

/** How the client speaks to Asterisk. Durations are in milliseconds. */
export interface AMIClientOptions {
  /** A name or an address: no scheme, user, port or path. @default '127.0.0.1' */
  readonly host?: string | undefined
  /** @default 5038, with TLS 5039 */
  readonly port?: number | undefined
  readonly username: string
  readonly secret: string
  /** `md5` answers a challenge, so that the secret never travels. @default 'md5', with TLS 'plaintext' */
  readonly authType?: 'md5' | 'plaintext' | undefined
  /** The events wanted, as a mask that is sent at login: all, none, or classes such as `'call,agent'`. @default true */
  readonly events?: boolean | string | undefined
  /**
   * Uses the numbers that a server gives its events where `debug = on` is in its manager.conf: `event.id`, `gap.missed`. The client never switches that on or
   * off. `false`: they are not looked at. @default 'auto'
   */
  readonly numbered?: 'auto' | false | undefined
  /**
   * Holds a second, quiet session on the same server, so that `gap.missed` is exact where that stood meanwhile. The account must allow several sessions.
   * @default false
   */
  readonly keeper?: boolean | undefined
  /** `false`: a lost connection is not made again. */
  readonly reconnect?: ReconnectOptions | false | undefined
  /** `false`: no Ping is sent. */
  readonly keepAlive?: KeepAliveOptions | false | undefined
  /** The most for connecting, again for the greeting, and again for the login's answer. @default 10_000 */
  readonly connectTimeoutMs?: number | undefined
  /**
   * The most that `login()` waits for Asterisk's FullyBooted event, which an account without `system` rights, or a mask
   * without `system`, does not get. Once an account has got it, it is waited for up to `connectTimeoutMs`.
   * @default 500
   */
  readonly bootTimeoutMs?: number | undefined
  /**
   * The most an action takes, its time in the queue included, and the most that `login()` takes. An action for which Asterisk itself waits
   * (Originate without `Async`: its `Timeout`, or 30 s; WaitEvent with a `Timeout`) may take that long and 5 s more; only its own `timeoutMs`
   * shortens that.
   * @default 30_000
   */
  readonly actionTimeoutMs?: number | undefined
  /** How many actions may wait for their answer at once; more wait in the queue. @default 100 */
  readonly maxInFlight?: number | undefined
  /** @default 'utf-8' */
  readonly encoding?: string | undefined
  readonly limits?: Optional<AMILimits> | undefined
  /** A connection of your own in place of TCP. `host` and `port`, if given, then only name the server in messages. */
  readonly connect?: Connector | undefined
  /** @default the system's clock */
  readonly clock?: Clock | undefined
  /** Source of the chance in ActionIDs; a test gives one that repeats itself. @default the runtime's `crypto.getRandomValues` */
  readonly randomBytes?: RandomBytes | undefined
}

/** The options with every default filled in. */
export interface ResolvedOptions {
  readonly username: string
  readonly secret: string
  readonly authType: 'md5' | 'plaintext'
  /** As `Login` takes it. */
  readonly eventMask: string
  readonly isNumbered: boolean
  /** `maxAttempts` is 0 for a client that does not reconnect. */
  readonly reconnect: BackoffOptions & { readonly maxAttempts: number }
  readonly keepAlive: Complete<KeepAliveOptions> | undefined
  readonly connectTimeoutMs: number
  readonly bootTimeoutMs: number
  readonly actionTimeoutMs: number
  readonly maxInFlight: number
  readonly encoding: string
  readonly limits: AMILimits
  /** What messages call the server. */
  readonly peer: string
  readonly randomBytes: RandomBytes
}

const SHAPE: OptionsShape<AMIClientOptions> = {
  host: hostName,
  port: wholeNumber(1, 65_535),
  username: required(filled(line)),
  secret: required(secret),
  authType: oneOf('md5', 'plaintext'),
  events: { ...either(flag, filled(line)), expected: "true, false or a list of classes such as 'call,agent'" },
  numbered: oneOf('auto', false),
  keeper: flag,
  reconnect: either(
    section({
      initialDelayMs: milliseconds(),
      maxDelayMs: milliseconds(),
      factor: numberFrom(1),
      jitter: numberFrom(0, 1),
      maxAttempts: amount,
    } satisfies OptionsShape<ReconnectOptions>),
    oneOf(false),
  ),
  keepAlive: either(
    section({ intervalMs: milliseconds(), timeoutMs: milliseconds() } satisfies OptionsShape<KeepAliveOptions>),
    oneOf(false),
  ),
  connectTimeoutMs: milliseconds(),
  bootTimeoutMs: milliseconds(0),
  actionTimeoutMs: milliseconds(),
  maxInFlight: amount,
  encoding,
  limits: section(LIMITS_SHAPE),
  connect: callback,
  clock,
  randomBytes: callback,
}

/**
 * Checks the options and fills in the defaults.
 *
 * @param ofPlatform what the client of a runtime takes besides, or in place of them.
 * @throws TypeError or RangeError that names the option and quotes its value, but no secret.
 */
export function resolveOptions(
  options: AMIClientOptions & { readonly tls?: unknown },
  ofPlatform: Readonly<Record<string, OptionKind>> = {},
): ResolvedOptions {
  checkOptions(options, { ...SHAPE, ...ofPlatform })
  const tls = options.tls !== undefined && options.tls !== false
  const { host = '127.0.0.1', port = tls ? 5039 : 5038, authType = tls ? 'plaintext' : 'md5', encoding = 'utf-8' } = options
  return {
    username: options.username,
    secret: options.secret,
    authType,
    eventMask: eventMask(options.events ?? true),
    isNumbered: options.numbered !== false,
    reconnect: reconnectOptions(options.reconnect === undefined ? {} : options.reconnect),
    keepAlive: keepAliveOptions(options.keepAlive === undefined ? {} : options.keepAlive),
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    bootTimeoutMs: options.bootTimeoutMs ?? 500,
    actionTimeoutMs: options.actionTimeoutMs ?? 30_000,
    maxInFlight: options.maxInFlight ?? 100,
    encoding,
    limits: resolveLimits(options.limits),
    peer: peerOf(options, host, port),
    randomBytes: options.randomBytes ?? systemRandomBytes,
  }
}

function peerOf({ connect, ...given }: AMIClientOptions, host: string, port: number): string {
  if (connect !== undefined && given.host === undefined && given.port === undefined) return connect.peer ?? 'the server'
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function reconnectOptions(options: ReconnectOptions | false): ResolvedOptions['reconnect'] {
  if (options === false) return { initialDelayMs: 0, maxDelayMs: 0, factor: 1, jitter: 0, maxAttempts: 0 }
  const { initialDelayMs = 250, maxDelayMs = 30_000, factor = 2, jitter = 0.5, maxAttempts = Number.POSITIVE_INFINITY } = options
  duration('reconnect.maxDelayMs', maxDelayMs, initialDelayMs)
  return { initialDelayMs, maxDelayMs, factor, jitter, maxAttempts }
}

function keepAliveOptions(options: KeepAliveOptions | false): ResolvedOptions['keepAlive'] {
  if (options === false) return undefined
  return { intervalMs: options.intervalMs ?? 10_000, timeoutMs: options.timeoutMs ?? 5_000 }
}

/** The mask that the login sends. */
export function eventMask(events: boolean | string): string {
  if (typeof events === 'boolean') return events ? 'on' : 'off'
  // Asterisk takes a space as part of a class's name, and leaves out a class it does not know.
  return events.replaceAll(' ', '')
}

/** Text that is not empty. */
function filled(kind: OptionKind): OptionKind {
  return { ...kind, accepts: (value) => value !== '' && kind.accepts(value) }
}
