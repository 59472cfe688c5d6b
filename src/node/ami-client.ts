/// <reference types="node" preserve="true" />
import type { ConnectionOptions } from 'node:tls'
import { AMIClient as PlatformAMIClient } from '../ami/client/client.js'
import type { AMIClientOptions as PlatformOptions } from '../ami/client/options.js'
import type { OptionsShape } from '../core/options.js'
import type { Connector } from '../core/transport.js'
import { SOCKET_OPTIONS, type SocketOptions } from './socket-options.js'
import { socketConnector, TLS } from './tcp.js'

/** How the client reaches Asterisk and speaks to it. Durations are in milliseconds. */
export interface AMIClientOptions extends PlatformOptions, SocketOptions {
  /** `true`, or options of `node:tls` such as `ca`, `servername`, `cert` and `key`. @default false */
  readonly tls?: boolean | ConnectionOptions
}

const OPTIONS: OptionsShape<Omit<AMIClientOptions, keyof PlatformOptions>> = { ...SOCKET_OPTIONS, tls: TLS }

/** The client over TCP or TLS, for Node.js. */
export class AMIClient extends PlatformAMIClient {
  /** @throws TypeError or RangeError that names a wrong option and quotes its value (but never the secret). */
  constructor(options: AMIClientOptions) {
    super(options, {
      options: OPTIONS,
      connector: () => connectorOf(options),
      unheardError: (error) => process.emitWarning(error),
    })
  }
}

function connectorOf({ host = '127.0.0.1', tls = false, port = tls ? 5039 : 5038, tcpKeepAliveMs }: AMIClientOptions): Connector {
  return socketConnector({ host, port, tls, tcpKeepAliveMs })
}
