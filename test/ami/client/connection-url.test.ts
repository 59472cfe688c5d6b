import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expandURL, parseConnectionURL } from '../../../src/ami/client/connection-url.js'
import type { AMIClientOptions } from '../../../src/ami/client/options.js'

const connector = (url: string, options: object) =>
  Object.assign((): Promise<never> => new Promise(() => undefined), { peer: `${url} ${JSON.stringify(options)}` })
const expand = (target: unknown) => expandURL(target as AMIClientOptions, connector)
const account = { username: 'crm', secret: 's3cret' }

describe('a URL', () => {
  it.each([
    ['ami://crm:s3cret@pbx', { host: 'pbx', ...account }],
    ['AMI://crm:s3cret@pbx/', { host: 'pbx', ...account }],
    [' ami://crm:s3cret@pbx:5038\n', { host: 'pbx', port: 5038, ...account }],
    ['amis://crm:s3cret@pbx.example:5039', { host: 'pbx.example', port: 5039, tls: true, ...account }],
    ['ami://crm:s3cret@127.0.0.1:80', { host: '127.0.0.1', port: 80, ...account }],
    ['ami://crm:s3cret@[::1]:5038', { host: '::1', port: 5038, ...account }],
    ['ami://crm:s3cret@[2001:DB8::1]', { host: '2001:db8::1', ...account }],
    ['ami://b%C3%BCro:%40%2F%3A%23%3F%25%20%F0%9F%93%9E@pbx', { host: 'pbx', username: 'büro', secret: '@/:#?% 📞' }],
    ['ami://crm:a@b:c@pbx', { host: 'pbx', username: 'crm', secret: 'a@b:c' }],
    ['ami://crm@pbx', { host: 'pbx', username: 'crm' }],
    ['ami://pbx', { host: 'pbx' }],
    ['ami://telefon.b%C3%BCro.example', { host: 'telefon.büro.example' }],
  ])('%s says where and who', (url, options) => {
    expect(parseConnectionURL(url)).toEqual({ options })
    expect(parseConnectionURL(new URL(url))).toEqual({ options })
  })

  it.each([
    ['events=call,agent', { events: 'call,agent' }],
    ['events=true', { events: true }],
    ['events=false&authType=plaintext&encoding=latin1', { events: false, authType: 'plaintext', encoding: 'latin1' }],
    ['timeoutMs=5000', { actionTimeoutMs: 5000 }],
    [
      'actionTimeoutMs=Infinity&connectTimeoutMs=1&bootTimeoutMs=0',
      { actionTimeoutMs: Infinity, connectTimeoutMs: 1, bootTimeoutMs: 0 },
    ],
    ['maxInFlight=7', { maxInFlight: 7 }],
    ['reconnect=false&keepAlive=false', { reconnect: false, keepAlive: false }],
    ['reconnect.maxAttempts=3&reconnect.factor=1.5', { reconnect: { maxAttempts: 3, factor: 1.5 } }],
    ['keepAlive.intervalMs=1&keepAlive.timeoutMs=2', { keepAlive: { intervalMs: 1, timeoutMs: 2 } }],
    ['limits.maxHeaders=5', { limits: { maxHeaders: 5 } }],
    ['', {}],
  ])('has the options ?%s', (query, options) => {
    expect(parseConnectionURL(`ami://pbx?${query}`).options).toEqual({ host: 'pbx', ...options })
    expect(parseConnectionURL(`wss://pbx/ami?${query}`).options).toEqual(options)
  })

  it('of TLS has options of TLS', () => {
    expect(parseConnectionURL('amis://pbx?tls.servername=pbx.example&tls.rejectUnauthorized=false').options).toEqual({
      host: 'pbx',
      tls: { servername: 'pbx.example', rejectUnauthorized: false },
    })
  })

  it.each([
    ['ws://crm:s3cret@pbx:8088/ami?protocols=binary', { url: 'ws://pbx:8088/ami', protocols: ['binary'] }],
    ['wss://crm:s3cret@pbx.example?protocols=a,b', { url: 'wss://pbx.example/', protocols: ['a', 'b'] }],
    ['wss://crm:s3cret@[::1]/', { url: 'wss://[::1]/', protocols: undefined }],
  ])('%s is that of a bridge, without user and query', (url, webSocket) => {
    expect(parseConnectionURL(url)).toEqual({ options: account, webSocket })
  })

  it.each([
    ['', 'url must begin with ami://, amis://, ws:// or wss://'],
    ['pbx:5038', 'url must begin with ami://, amis://, ws:// or wss://'],
    ['crm:hunter2@pbx', 'url must begin with ami://, amis://, ws:// or wss://'],
    ['http://crm:hunter2@pbx', 'url must begin with ami://, amis://, ws:// or wss://, not http://'],
    ['constructor://crm:hunter2@pbx', 'url must begin with ami://, amis://, ws:// or wss://, not constructor://'],
    ['ami://', 'url has no host'],
    ['ami:///', 'url has no host'],
    ['ami://crm:hunter2@', 'url cannot be read'],
    ['ami://crm:hunter2@pbx:99999', 'a port is a number up to 65535'],
    ['ami://crm:hunter2@pbx:port', 'a port is a number up to 65535'],
    ['ami://crm:hunter2@::1', 'an IPv6 address stands in brackets'],
    ['ami://crm:hunter2@pbx/path', 'url has a path, and a manager has none'],
    ['ami://crm:hunter2@pbx#part', 'url has a #; what is special in user or secret must be percent-encoded'],
    ['ami://crm:1/hunter2@pbx', 'url has an @ behind its host; what is special in user or secret must be percent-encoded'],
    ['ami://crm:1?hunter2@pbx', 'url has an @ behind its host'],
    ['ami://crm:1#hunter2@pbx', 'url has an @ behind its host'],
    ['wss://crm:1\\hunter2@pbx', 'url has an @ behind its host'],
    ['ami://crm:hunter2\n1@pbx', 'url has a tab or a line break in it'],
    ['ami://crm:hunter2%@pbx', 'The secret in url is not percent-encoded UTF-8; a % itself is written %25'],
    ['ami://crm:hunter2%FF@pbx', 'The secret in url is not percent-encoded UTF-8'],
    ['ami://%E0:hunter2@pbx', 'The username in url is not percent-encoded UTF-8'],
    [
      'ami://pbx?event=call',
      'url has no parameter "event" with ami://; known are authType, events, numbered, keeper, reconnect,',
    ],
    ['ami://pbx?toString=1', 'url has no parameter "toString" with ami://'],
    ['ami://pbx?tls.servername=a', 'url has no parameter "tls.servername" with ami://'],
    ['amis://pbx?protocols=a', 'url has no parameter "protocols" with amis://'],
    ['ami://pbx?timeoutMs=5s', 'timeoutMs in url must be a number, not "5s"'],
    ['ami://pbx?timeoutMs=', 'timeoutMs in url must be a number, not ""'],
    ['ami://pbx?maxInFlight=-1', 'maxInFlight in url must be a number, not "-1"'],
    ['ami://pbx?maxInFlight=0x10', 'maxInFlight in url must be a number, not "0x10"'],
    ['ami://pbx?events=', 'events in url must be true, false or classes such as call,agent, not ""'],
    ['ami://pbx?reconnect=true', 'reconnect in url must be false, or left out, not "true"'],
    ['amis://pbx?tls.rejectUnauthorized=no', 'tls.rejectUnauthorized in url must be true or false, not "no"'],
    ['ws://pbx?protocols=', 'protocols in url must be names, separated by commas, not ""'],
    ['ami://pbx?events=call&events=agent', 'url says events twice'],
    ['ami://pbx?timeoutMs=1&actionTimeoutMs=1', 'url says actionTimeoutMs twice'],
    ['ami://pbx?reconnect.factor=2&reconnect=false', 'url says reconnect=false and reconnect.factor; say one of them'],
  ])('%j is refused: %s', (url, message) => {
    const parse = () => parseConnectionURL(url)
    expect(parse).toThrow(TypeError)
    expect(parse).toThrow(message)
    expect(parse).not.toThrow('hunter2')
  })

  it('gives back any user and secret that were percent-encoded', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: 'grapheme' }),
        fc.string({ minLength: 1, unit: 'grapheme' }),
        (username, secret) => {
          for (const scheme of ['ami', 'amis', 'ws', 'wss']) {
            const url = `${scheme}://${encodeURIComponent(username)}:${encodeURIComponent(secret)}@pbx:1`
            expect(parseConnectionURL(url).options).toMatchObject({ username, secret })
          }
        },
      ),
    )
  })

  it('never has a secret in its errors, however it is written', () => {
    const special = fc.constantFrom(...'@:/?#[]%\\ \t\n&=.é1')
    fc.assert(
      fc.property(fc.constantFrom('ami', 'amis', 'ws', 'wss'), fc.array(special), fc.array(special), (scheme, before, after) => {
        try {
          expand(`${scheme}://crm:${before.join('')}hunter2${after.join('')}@pbx:5038?events=call`)
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError)
          expect(String(error)).not.toContain('hunter2')
          expect((error as Error).cause).toBeUndefined()
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('options', () => {
  it('without a URL are themselves', () => {
    const options = { ...account, host: 'pbx' }
    expect(expand(options)).toBe(options)
  })

  it('beside a URL win over it; of those with parts, part by part', () => {
    expect(
      expand({
        url: 'amis://crm:s3cret@pbx?events=call&reconnect.factor=3&reconnect.jitter=0&tls.servername=a&keepAlive.timeoutMs=5',
        username: 'web',
        host: undefined,
        events: false,
        reconnect: { factor: 2, jitter: undefined },
        tls: { ca: 'x' },
        keepAlive: false,
      }),
    ).toEqual({
      host: 'pbx',
      username: 'web',
      secret: 's3cret',
      events: false,
      reconnect: { factor: 2, jitter: 0 },
      tls: { servername: 'a', ca: 'x' },
      keepAlive: false,
    })
  })

  it('of a bridge have its connector, unless they have one of their own', () => {
    const options = expand('wss://crm:s3cret@pbx/ami?protocols=binary')
    expect(options.connect?.peer).toBe('wss://pbx/ami {"protocols":["binary"]}')
    expect(expand('ws://crm:s3cret@pbx/').connect?.peer).toBe('ws://pbx/ {}')
    const connect = connector('mine', {})
    expect(expand({ url: 'wss://crm:s3cret@pbx/ami', connect })).toEqual({ ...account, connect })
  })

  it.each([
    [undefined, 'A client needs options or a URL such as ami://username:secret@host, not undefined'],
    [null, 'A client needs options or a URL such as ami://username:secret@host, not null'],
    [5038, 'A client needs options or a URL such as ami://username:secret@host, not 5038'],
    [{ url: undefined }, 'url must be a URL, not undefined'],
    [{ url: { secret: 'hunter2' } }, 'url must be a URL, not object'],
    ['ami://pbx', 'url has no username, and there is none beside it; it is written scheme://username:secret@host'],
    ['ami://crm@pbx', 'url has no secret, and there is none beside it'],
    ['wss://:hunter2@pbx', 'url has no username'],
    [{ url: 'ami://pbx', username: 'crm' }, 'url has no secret, and there is none beside it'],
  ])('%j are refused', (target, message) => {
    const make = () => expand(target)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
    expect(make).not.toThrow('hunter2')
  })
})
