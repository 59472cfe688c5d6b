import { quote } from '../../core/checks.js'
import type { Optional } from '../../core/options.js'
import type { Connector } from '../../core/transport.js'
import type { AMILimits } from '../protocol/limits.js'
import type { AMIClientOptions, KeepAliveOptions, ReconnectOptions } from './options.js'

/** What a URL says of a connection: options by their names, and of `ws` and `wss` where the bridge is. */
export interface ConnectionURL {
  readonly options: Readonly<Record<string, unknown>>
  readonly webSocket?: { readonly url: string; readonly protocols: readonly string[] | undefined } | undefined
}

/** Options with a URL in place of those that it says. */
export type WithURL<Options> = Optional<Options> & { readonly url: string | URL }

/** What the text of a parameter may be, and its value; undefined when it is something else. */
interface Parameter {
  readonly is: string
  readonly read: (text: string) => unknown
}

const number: Parameter = {
  is: 'a number',
  read: (text) => (/^(\d+(\.\d+)?|Infinity)$/.test(text) ? Number(text) : undefined),
}
const word: Parameter = { is: 'text', read: (text) => text || undefined }
const words: Parameter = { is: 'names, separated by commas', read: (text) => (text === '' ? undefined : text.split(',')) }
const flag: Parameter = { is: 'true or false', read: (text) => (text === 'true' ? true : off.read(text)) }
const off: Parameter = { is: 'false, or left out', read: (text) => (text === 'false' ? false : undefined) }
const mask: Parameter = { is: 'true, false or classes such as call,agent', read: (text) => flag.read(text) ?? word.read(text) }

/** What cannot be said in text, or stands elsewhere in the URL. */
type NotParameters = 'host' | 'port' | 'username' | 'secret' | 'limits' | 'connect' | 'clock' | 'randomBytes'
type ParameterName =
  | Exclude<keyof AMIClientOptions, NotParameters>
  | `reconnect.${keyof ReconnectOptions}`
  | `keepAlive.${keyof KeepAliveOptions}`
  | `limits.${keyof AMILimits}`
  | 'timeoutMs'

const PARAMETERS: Readonly<Record<ParameterName, Parameter>> = {
  authType: word,
  events: mask,
  numbered: off,
  keeper: flag,
  reconnect: off,
  'reconnect.initialDelayMs': number,
  'reconnect.maxDelayMs': number,
  'reconnect.factor': number,
  'reconnect.jitter': number,
  'reconnect.maxAttempts': number,
  keepAlive: off,
  'keepAlive.intervalMs': number,
  'keepAlive.timeoutMs': number,
  timeoutMs: number,
  connectTimeoutMs: number,
  bootTimeoutMs: number,
  actionTimeoutMs: number,
  maxInFlight: number,
  encoding: word,
  'limits.maxLineBytes': number,
  'limits.maxHeaders': number,
  'limits.maxMessageBytes': number,
  'limits.maxOutputBytes': number,
  'limits.maxListEvents': number,
}

const WEB_SOCKET = { ...PARAMETERS, protocols: words }

/** The schemes, and what the query of each may have. */
const SCHEMES: Readonly<Record<string, Readonly<Record<string, Parameter>>>> = {
  ami: { ...PARAMETERS, tcpKeepAliveMs: number },
  amis: { ...PARAMETERS, tcpKeepAliveMs: number, 'tls.servername': word, 'tls.rejectUnauthorized': flag },
  ws: WEB_SOCKET,
  wss: WEB_SOCKET,
}

/** A short word for an option. */
const ALIASES: Readonly<Record<string, string>> = { timeoutMs: 'actionTimeoutMs' }

/**
 * The options of a client whose options may be a URL, or have one: what is given beside the URL wins. `webSocket` makes the connector of a bridge,
 * `label` is what messages call the URL.
 *
 * @throws TypeError that says what is wrong with the URL, without the secret; TypeError when nobody names the user.
 */
export function expandURL<Options extends AMIClientOptions>(
  target: string | URL | Options | WithURL<Options>,
  webSocket: (url: string, options: { readonly protocols?: readonly string[] | undefined }) => Connector,
  label = 'url',
): Options {
  const given: Options | WithURL<Options> =
    typeof target === 'string' || target instanceof URL ? ({ url: target } as WithURL<Options>) : target
  if (typeof given !== 'object' || given === null)
    throw new TypeError(`A client needs options or a URL such as ami://username:secret@host, not ${quote(given)}`)
  if (!('url' in given)) return given
  const { url, ...beside } = given
  const said = parseConnectionURL(url, label)
  const options: Record<string, unknown> = { ...said.options }
  if (said.webSocket !== undefined) {
    const { protocols } = said.webSocket
    options.connect = webSocket(said.webSocket.url, protocols === undefined ? {} : { protocols })
  }
  for (const [name, value] of Object.entries(beside)) if (value !== undefined) options[name] = joined(options[name], value)
  for (const name of ['username', 'secret'])
    if (options[name] === undefined)
      throw new TypeError(`${label} has no ${name}, and there is none beside it; it is written scheme://username:secret@host`)
  return options as unknown as Options
}

/** Parts of an option, such as those of `reconnect`, are given one by one. */
function joined(said: unknown, given: unknown): unknown {
  if (typeof said !== 'object' || typeof given !== 'object' || given === null) return given
  return { ...said, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) }
}

/**
 * Reads `ami://username:secret@host:port?events=call,agent&timeoutMs=5000`; `amis` is TLS, `ws` and `wss` are a WebSocket bridge. User and secret
 * are percent-decoded, an IPv6 address stands in brackets, the query has every option that can be said in text, parts of one behind a dot:
 * `reconnect.maxAttempts=3`.
 *
 * @throws TypeError that says what is wrong, without the secret.
 */
export function parseConnectionURL(url: string | URL, label = 'url'): ConnectionURL {
  const { scheme, parsed } = parse(url, label)
  const { username, password, hostname, host, port, pathname } = parsed
  const isWebSocket = scheme === 'ws' || scheme === 'wss'
  if (hostname === '') throw new TypeError(`${label} has no host`)
  if (!isWebSocket && pathname !== '' && pathname !== '/')
    throw new TypeError(`${label} has a path, and a manager has none; ${ENCODE}`)
  const account = {
    ...(username === '' ? {} : { username: decoded(username, 'username', label) }),
    ...(password === '' ? {} : { secret: decoded(password, 'secret', label) }),
  }
  const { protocols, ...options } = optionsOf(parsed.searchParams, scheme, label)
  if (isWebSocket) {
    return {
      options: { ...account, ...options },
      webSocket: { url: `${scheme}://${host}${pathname}`, protocols: protocols as readonly string[] | undefined },
    }
  }
  const address = { host: addressOf(hostname, label), ...(port === '' ? {} : { port: Number(port) }) }
  return { options: { ...address, ...account, ...(scheme === 'amis' ? { tls: true } : {}), ...options } }
}

const ENCODE = 'what is special in user or secret must be percent-encoded, as encodeURIComponent does it'

function parse(url: string | URL, label: string): { readonly scheme: string; readonly parsed: URL } {
  if (typeof url !== 'string' && !(url instanceof URL)) throw new TypeError(`${label} must be a URL, not ${typeof url}`)
  const text = String(url).trim()
  const [, given = '', rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(text) ?? []
  const scheme = given.toLowerCase()
  if (!Object.hasOwn(SCHEMES, scheme)) {
    const instead = given === '' ? '' : `, not ${given}://`
    throw new TypeError(`${label} must begin with ami://, amis://, ws:// or wss://${instead}`)
  }
  if (/[\t\n\r]/.test(text)) throw new TypeError(`${label} has a tab or a line break in it; ${ENCODE}`)
  // What looks like the end of the host was meant as part of the secret; what comes after it must not be quoted.
  if (rest.slice(rest.search(/[/?#\\]|$/)).includes('@')) throw new TypeError(`${label} has an @ behind its host; ${ENCODE}`)
  // The error of `new URL` has the URL.
  if (!URL.canParse(text))
    throw new TypeError(`${label} cannot be read: ${ENCODE}, an IPv6 address stands in brackets, a port is a number up to 65535`)
  const parsed = new URL(text)
  if (parsed.hash !== '') throw new TypeError(`${label} has a #; ${ENCODE}`)
  return { scheme, parsed }
}

function decoded(text: string, what: string, label: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new TypeError(`The ${what} in ${label} is not percent-encoded UTF-8; a % itself is written %25`)
  }
}

function addressOf(hostname: string, label: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : decoded(hostname, 'host', label)
}

function optionsOf(query: URLSearchParams, scheme: string, label: string): Record<string, unknown> {
  const parameters = SCHEMES[scheme] as Readonly<Record<string, Parameter>>
  const values = new Map<string, unknown>()
  for (const [given, text] of query) {
    const name = ALIASES[given] ?? given
    const parameter = Object.hasOwn(parameters, given) ? parameters[given] : undefined
    if (parameter === undefined)
      throw new TypeError(
        `${label} has no parameter ${quote(given)} with ${scheme}://; known are ${Object.keys(parameters).join(', ')}`,
      )
    const value = parameter.read(text)
    if (value === undefined) throw new TypeError(`${given} in ${label} must be ${parameter.is}, not ${quote(text)}`)
    if (values.has(name)) throw new TypeError(`${label} says ${name} twice`)
    values.set(name, value)
  }
  const options: Record<string, unknown> = {}
  for (const [name, value] of values) {
    const [option = '', part] = name.split('.')
    if (part === undefined) options[option] = value
    else if (values.has(option)) throw new TypeError(`${label} says ${option}=false and ${name}; say one of them`)
    else options[option] = joined(options[option] ?? {}, { [part]: value })
  }
  return options
}
