import { describe, expect, it } from 'vitest'
import { type AMIClientOptions, resolveOptions } from '../../../src/ami/client/options.js'
import { TLS } from '../../../src/node/tcp.js'

const account = { username: 'u', secret: 's' }
const resolve = (options: Partial<AMIClientOptions> & { tls?: unknown } = {}) =>
  resolveOptions({ ...account, ...options }, { tls: TLS })
const never = (): Promise<never> => new Promise(() => undefined)
const untyped = (options: object) => () => resolveOptions({ ...account, ...options } as AMIClientOptions)

describe('resolveOptions', () => {
  it('fills in every default', () => {
    expect(resolve()).toEqual({
      username: 'u',
      secret: 's',
      authType: 'md5',
      eventMask: 'on',
      isNumbered: true,
      reconnect: { initialDelayMs: 250, maxDelayMs: 30_000, factor: 2, jitter: 0.5, maxAttempts: Number.POSITIVE_INFINITY },
      keepAlive: { intervalMs: 10_000, timeoutMs: 5_000 },
      connectTimeoutMs: 10_000,
      bootTimeoutMs: 500,
      actionTimeoutMs: 30_000,
      maxInFlight: 100,
      encoding: 'utf-8',
      limits: {
        maxLineBytes: 524_288,
        maxHeaders: 10_000,
        maxMessageBytes: 1_048_576,
        maxOutputBytes: 67_108_864,
        maxListEvents: 100_000,
      },
      peer: '127.0.0.1:5038',
      randomBytes: expect.any(Function),
    })
  })

  for (const [what, options, expected] of [
    ['with TLS another port and the secret in plain', { tls: true }, { peer: '127.0.0.1:5039', authType: 'plaintext' }],
    ['TLS options are TLS', { tls: {} }, { peer: '127.0.0.1:5039', authType: 'plaintext' }],
    ['tls: false is none', { tls: false }, { peer: '127.0.0.1:5038', authType: 'md5' }],
    ['an authType of one own', { tls: true, authType: 'md5' }, { authType: 'md5' }],
    ['an IPv6 address', { host: '::1', port: 1 }, { peer: '[::1]:1' }],
    ['a connection without a name', { connect: never }, { peer: 'the server' }],
    ['a connection that has a name', { connect: Object.assign(() => never(), { peer: 'wss://pbx/' }) }, { peer: 'wss://pbx/' }],
    ['a connection, and what to call it', { connect: never, host: 'pbx' }, { peer: 'pbx:5038' }],
    [
      'no reconnecting',
      { reconnect: false },
      { reconnect: { initialDelayMs: 0, maxDelayMs: 0, factor: 1, jitter: 0, maxAttempts: 0 } },
    ],
    ['no keep-alive', { keepAlive: false }, { keepAlive: undefined }],
    ['half a keep-alive', { keepAlive: { timeoutMs: 1 } }, { keepAlive: { intervalMs: 10_000, timeoutMs: 1 } }],
    ['all events', { events: true }, { eventMask: 'on' }],
    ['no events', { events: false }, { eventMask: 'off' }],
    ['classes, without the spaces that would undo them', { events: 'call, system' }, { eventMask: 'call,system' }],
    ['no limit to the time', { actionTimeoutMs: Number.POSITIVE_INFINITY }, { actionTimeoutMs: Number.POSITIVE_INFINITY }],
    ['no wait for the boot', { bootTimeoutMs: 0 }, { bootTimeoutMs: 0 }],
    [
      'one limit',
      { limits: { maxHeaders: 5 } },
      {
        limits: {
          maxLineBytes: 524_288,
          maxHeaders: 5,
          maxMessageBytes: 1_048_576,
          maxOutputBytes: 67_108_864,
          maxListEvents: 100_000,
        },
      },
    ],
    ['an empty secret', { secret: '' }, { secret: '' }],
  ] as [string, Partial<AMIClientOptions> & { tls?: unknown }, object][]) {
    it(`takes ${what}`, () => expect(resolve(options)).toMatchObject(expected))
  }

  for (const [options, kind, message] of [
    [{ hots: 'x' }, TypeError, /no option "hots"; did you mean "host"\? Known are host, /],
    [{ host: '' }, TypeError, /^host .*""/],
    [{ host: 'http://pbx' }, TypeError, /^host .*"http:\/\/pbx"/],
    [{ host: 'a b' }, TypeError, /^host .*"a b"/],
    [{ host: 5 }, TypeError, /^host .*5/],
    [{ port: 0 }, RangeError, /^port .*0$/],
    [{ port: 65_536 }, RangeError, /^port .*65536/],
    [{ port: '5038' }, RangeError, /^port .*"5038"/],
    [{ username: '' }, TypeError, /^username .*""/],
    [{ username: undefined }, TypeError, /^username .*undefined/],
    [{ username: 'a\nb' }, TypeError, /^username .*"a\\nb"/],
    [{ secret: undefined }, TypeError, /^secret .*undefined/],
    [{ secret: 'hunter2\n' }, TypeError, /^secret must be text without CR, LF and NUL, not this text$/],
    [{ secret: 12_345 }, TypeError, /^secret must be text without CR, LF and NUL, not number$/],
    [{ authType: 'MD5' }, TypeError, /^authType .*"MD5"/],
    [{ events: '' }, TypeError, /^events .*""/],
    [{ events: 'call\r\n' }, TypeError, /^events /],
    [{ events: 1 }, TypeError, /^events .*1/],
    [{ connect: 'x' }, TypeError, /^connect .*"x"/],
    [{ encoding: 'utf-16le' }, RangeError, /^encoding.*utf-16le/],
    [{ encoding: 'nonsense' }, RangeError, /^encoding.*nonsense/],
    [{ connectTimeoutMs: 0 }, RangeError, /^connectTimeoutMs .*0$/],
    [{ bootTimeoutMs: -1 }, RangeError, /^bootTimeoutMs .*-1/],
    [{ actionTimeoutMs: Number.NaN }, RangeError, /^actionTimeoutMs .*NaN/],
    [{ actionTimeoutMs: '5' }, RangeError, /^actionTimeoutMs .*"5"/],
    [{ maxInFlight: 0 }, RangeError, /^maxInFlight .*0$/],
    [{ maxInFlight: 1.5 }, RangeError, /^maxInFlight .*1\.5/],
    [{ limits: { maxHeaders: 0 } }, RangeError, /^limits\.maxHeaders .*0$/],
    [
      { limits: { maxBytes: 1 } },
      TypeError,
      /^There is no option "limits\.maxBytes"; did you mean "maxLineBytes"\? Known are maxLineBytes/,
    ],
    [{ reconnect: true }, TypeError, /^reconnect .*true/],
    [{ reconnect: { delay: 1 } }, TypeError, /no option "reconnect\.delay"/],
    [{ reconnect: { initialDelayMs: 0 } }, RangeError, /^reconnect\.initialDelayMs .*0$/],
    [{ reconnect: { initialDelayMs: 100, maxDelayMs: 50 } }, RangeError, /^reconnect\.maxDelayMs .*50/],
    [{ reconnect: { factor: 0.5 } }, RangeError, /^reconnect\.factor .*0\.5/],
    [{ reconnect: { jitter: 2 } }, RangeError, /^reconnect\.jitter .*2/],
    [{ reconnect: { maxAttempts: 0 } }, RangeError, /^reconnect\.maxAttempts .*0$/],
    [{ keepAlive: { intervalMs: 0 } }, RangeError, /^keepAlive\.intervalMs .*0$/],
    [{ keepAlive: { timeoutMs: -5 } }, RangeError, /^keepAlive\.timeoutMs .*-5/],
    [{ keepAlive: { every: 1 } }, TypeError, /no option "keepAlive\.every"; known are intervalMs, timeoutMs$/],
  ] as const) {
    it(`refuses ${JSON.stringify(options)}, quoting it`, () => {
      expect(untyped(options)).toThrow(kind)
      expect(untyped(options)).toThrow(message)
    })
  }
})
