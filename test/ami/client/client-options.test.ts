import { AMIClient } from 'obelus-asterisk'
import { describe, expect, it } from 'vitest'

const account = { username: 'admin', secret: 'hunter2' }

describe('options', () => {
  it.each([
    [{ host: 'http://pbx/' }, 'host must be a name or an address, without scheme, user, port and path, not "http://pbx/"'],
    [
      { host: 'ami://admin:hunter2@pbx' },
      'host must be a name or an address, without scheme, user, port and path, not "ami://…@pbx"',
    ],
    [{ tls: 'yes' as never }, 'tls must be true, false or options of node:tls, not "yes"'],
    [{ reconnect: null as never }, 'reconnect must be an object or false, not null'],
    [{ reconnect: { factor: '2' as never } }, 'reconnect.factor must be a number from 1 up, not "2"'],
    [{ limits: null as never }, 'limits must be an object, not null'],
    [{ encoding: 5 as never }, 'encoding must be utf-8, latin1 or another single-byte encoding that this runtime knows, not 5'],
    [{ port: 70_000 }, 'port must be a whole number from 1 to 65535, not 70000'],
    [{ port: '5038' as never }, 'port must be a whole number from 1 to 65535, not "5038"'],
    [{ username: '' }, 'username must be text without CR, LF and NUL, not ""'],
    [{ username: 'a\r\nb' }, 'username must be text without CR, LF and NUL, not "a\\r\\nb"'],
    [{ secret: 42 as never }, 'secret must be text without CR, LF and NUL, not number'],
    [{ secret: 'hunter2\n' }, 'secret must be text without CR, LF and NUL, not this text'],
    [{ authType: 'sha' as never }, "authType must be 'md5' or 'plaintext', not \"sha\""],
    [{ events: '' }, 'events must be true, false or a list of classes such as \'call,agent\', not ""'],
    [{ reconnect: { initialDelayMs: -1 } }, 'reconnect.initialDelayMs must be a number of milliseconds from 1 up, not -1'],
    [
      { reconnect: { initialDelayMs: 500, maxDelayMs: 100 } },
      'reconnect.maxDelayMs must be a number of milliseconds from 500 up, not 100',
    ],
    [{ reconnect: { jitter: 2 } }, 'reconnect.jitter must be a number from 0 to 1, not 2'],
    [{ reconnect: { factor: 0.5 } }, 'reconnect.factor must be a number from 1 up, not 0.5'],
    [{ reconnect: { maxAttempts: 0.5 } }, 'reconnect.maxAttempts must be a whole number above 0, not 0.5'],
    [{ reconnect: { retries: 3 } as never }, 'There is no option "reconnect.retries"; known are initialDelayMs'],
    [{ keepAlive: { intervalMs: 0 } }, 'keepAlive.intervalMs must be a number of milliseconds from 1 up, not 0'],
    [{ connectTimeoutMs: 0 }, 'connectTimeoutMs must be a number of milliseconds from 1 up, not 0'],
    [{ actionTimeoutMs: Number.NaN }, 'actionTimeoutMs must be a number of milliseconds from 1 up, not NaN'],
    [{ maxInFlight: 0 }, 'maxInFlight must be a whole number above 0, not 0'],
    [
      { encoding: 'utf-16le' },
      'encoding must be utf-8, latin1 or another single-byte encoding that this runtime knows, not "utf-16le"',
    ],
    [
      { encoding: 'klingon' },
      'encoding must be utf-8, latin1 or another single-byte encoding that this runtime knows, not "klingon"',
    ],
    [{ limits: { maxHeaders: 0 } }, 'limits.maxHeaders must be a whole number above 0, not 0'],
    [{ keepalive: false } as never, 'There is no option "keepalive"; did you mean "keepAlive"? Known are host'],
  ])('refuses %j at construction and quotes the bad value, but never the secret', (options, message) => {
    const make = () => new AMIClient({ ...account, ...(options as object) })
    expect(make).toThrow(message)
    expect(make).not.toThrow('hunter2')
  })

  it('takes all of the documented ones', () => {
    const ami = new AMIClient({
      ...account,
      host: '::1',
      port: 5038,
      tls: false,
      authType: 'md5',
      events: 'call, agent',
      reconnect: { initialDelayMs: 250, maxDelayMs: 30_000, factor: 2, jitter: 0.5, maxAttempts: Number.POSITIVE_INFINITY },
      keepAlive: { intervalMs: 15_000, timeoutMs: 5_000 },
      connectTimeoutMs: 10_000,
      actionTimeoutMs: 30_000,
      maxInFlight: 100,
      encoding: 'utf-8',
      limits: {},
      connect: undefined,
    })
    expect(ami.status).toEqual({ state: 'idle' })
  })
})
