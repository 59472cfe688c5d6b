import type { ConnectionOptions } from 'node:tls'
import type { AMIClientOptions } from '../../node/ami-client.js'

/** Where the server is said to be. */
export interface Server {
  readonly host: string
  readonly port: number
  /** Undefined without TLS. */
  readonly tls: ConnectionOptions | undefined
  /** The most that each step may take. */
  readonly timeoutMs: number
}

/** Undefined for a WebSocket bridge, which hides the server. */
export function serverOf({
  connect,
  host = '127.0.0.1',
  tls = false,
  port,
  connectTimeoutMs = 5_000,
}: AMIClientOptions): Server | undefined {
  if (connect !== undefined) return undefined
  const options = tls === true ? {} : tls === false ? undefined : tls
  return { host, port: port ?? (options === undefined ? 5038 : 5039), tls: options, timeoutMs: connectTimeoutMs }
}

/** As messages have it. */
export function nameOf({ host, port }: Server): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
