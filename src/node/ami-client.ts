/// <reference types="node" preserve="true" />
import type { ConnectionOptions } from 'node:tls'
import { AMIClient as PlatformAMIClient } from '../ami/client/client.js'
import { expandURL } from '../ami/client/connection-url.js'
import type { AMIClientOptions as PlatformOptions } from '../ami/client/options.js'
import type { Optional, OptionsShape } from '../core/options.js'
import type { Connector } from '../core/transport.js'
import { webSocketTransport } from '../web/web-socket.js'
import { type Environment, environmentOptions } from './client-environment.js'
import { traceWhenDebugged } from './debug-trace.js'
import { DIAGNOSTICS_CHANNELS } from './diagnostics-channels.js'
import { SOCKET_OPTIONS, type SocketOptions } from './socket-options.js'
import { socketConnector, TLS } from './tcp.js'

/** How the client reaches Asterisk and speaks to it. Durations are in milliseconds. */
export interface AMIClientOptions extends PlatformOptions, SocketOptions {
  /** `true`, or options of `node:tls` such as `ca`, `servername`, `cert` and `key`. @default false */
  readonly tls?: boolean | ConnectionOptions | undefined
}

/** A URL, and options beside it, which win over what the URL says. */
export interface AMIClientURLOptions extends Optional<AMIClientOptions> {
  /**
   * `ami://username:secret@host:port`, `amis://` for TLS, `ws://` or `wss://` for a WebSocket bridge. User and secret are percent-encoded. The query
   * has any option that can be said in text, and `timeoutMs` for `actionTimeoutMs`: `?events=call,agent&timeoutMs=5000&reconnect.maxAttempts=3`.
   */
  readonly url: string | URL
}

const OPTIONS: OptionsShape<Omit<AMIClientOptions, keyof PlatformOptions>> = { ...SOCKET_OPTIONS, tls: TLS }

/** The client over TCP, TLS or WebSocket, for Node.js. */
export class AMIClient extends PlatformAMIClient {
  /**
   * @param target options, or a URL as `AMIClientURLOptions` has it
   * @throws TypeError or RangeError that names a wrong option, or what is wrong with the URL, and quotes its value (but never the secret).
   */
  constructor(target: string | URL | AMIClientOptions | AMIClientURLOptions) {
    const options = expandURL<AMIClientOptions>(target, webSocketTransport)
    super(options, {
      options: OPTIONS,
      connector: () => connectorOf(options),
      unheardError: (error) => process.emitWarning(error),
      observer: DIAGNOSTICS_CHANNELS,
    })
    traceWhenDebugged(this)
  }

  /**
   * A client as the environment says: `AMI_URL`; in place of its parts, or without it, `AMI_HOST`, `AMI_PORT`, `AMI_USERNAME` (or `AMI_USER`),
   * `AMI_SECRET` (or `AMI_PASSWORD`, or `AMI_SECRET_FILE`: a file with nothing else in it) and `AMI_TLS` (`true` or `false`). An empty variable
   * counts as missing.
   *
   * @param env default: `process.env`
   * @throws TypeError that names the variable which is wrong or missing (but never the secret); what the constructor throws.
   */
  static fromEnvironment(env: Environment = process.env): AMIClient {
    return new AMIClient(environmentOptions(env))
  }
}

function connectorOf({ host = '127.0.0.1', tls = false, port = tls ? 5039 : 5038, tcpKeepAliveMs }: AMIClientOptions): Connector {
  return socketConnector({ host, port, tls, tcpKeepAliveMs })
}
