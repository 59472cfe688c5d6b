import { AMIClient, type AMIClientOptions, type KeepAliveOptions, type ReconnectOptions } from 'obelus-asterisk'

const reconnect: ReconnectOptions = { initialDelayMs: 250, maxDelayMs: 30_000, factor: 2, jitter: 0.5, maxAttempts: Infinity }
const keepAlive: KeepAliveOptions = { intervalMs: 10_000, timeoutMs: 5_000 }
const options: AMIClientOptions = {
  host: 'pbx',
  port: 5039,
  username: 'admin',
  secret: 's3cret',
  tls: { servername: 'pbx.example', rejectUnauthorized: true },
  authType: 'md5',
  events: 'call,agent',
  reconnect,
  keepAlive,
  connectTimeoutMs: 10_000,
  bootTimeoutMs: 500,
  actionTimeoutMs: 30_000,
  maxInFlight: 100,
  encoding: 'utf-8',
  limits: { maxHeaders: 100 },
  connect: undefined,
}

export const ami = new AMIClient(options)
export const stubborn = new AMIClient({ ...options, reconnect: false, keepAlive: false, events: false })
/** Undefined leaves an option out, wherever it comes from. */
export const fromSettings = (env: { readonly [name: string]: string | undefined }): AMIClient =>
  new AMIClient({
    username: 'admin',
    secret: 's3cret',
    host: env.HOST,
    port: undefined,
    encoding: env.ENCODING,
    reconnect: { maxAttempts: undefined },
    keepAlive: { timeoutMs: undefined },
    limits: { maxHeaders: undefined },
  })
export const besideURL = (url: string, env: { readonly [name: string]: string | undefined }): AMIClient =>
  new AMIClient({ url, username: env.AMI_USERNAME, secret: env.AMI_SECRET, tls: undefined })
// @ts-expect-error: there is no such option.
export const misspelt = new AMIClient({ ...options, hots: 'pbx' })
// @ts-expect-error: a user is needed.
export const nobody = new AMIClient({ secret: 's3cret' })
