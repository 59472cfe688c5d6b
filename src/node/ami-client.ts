/// <reference types="node" preserve="true" />
import type { ConnectionOptions } from 'node:tls'
import { AMIClient as PlatformAMIClient } from '../ami/client/client.js'
import type { AMIClientOptions as PlatformOptions } from '../ami/client/options.js'
import { tcpConnector } from './tcp.js'

/** How the client reaches Asterisk and speaks to it. Durations are in milliseconds. */
export interface AMIClientOptions extends PlatformOptions {
  /** `true`, or options of `node:tls` such as `ca`, `servername`, `cert` and `key`. @default false */
  readonly tls?: boolean | ConnectionOptions
}

/** The client over TCP or TLS, for Node.js. */
export class AMIClient extends PlatformAMIClient {
  /** @throws TypeError or RangeError that names a wrong option and quotes its value (but never the secret). */
  constructor(options: AMIClientOptions) {
    const { host = '127.0.0.1', tls = false, port = tls ? 5039 : 5038 } = options
    super(options, {
      connector: tcpConnector({ host, port, tls }),
      unheardError: (error) => process.emitWarning(error),
    })
  }
}
