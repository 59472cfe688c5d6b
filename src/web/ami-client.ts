import { AMIClient as PlatformAMIClient } from '../ami/client/client.js'
import { expandURL } from '../ami/client/connection-url.js'
import type { AMIClientOptions as PlatformOptions } from '../ami/client/options.js'
import { callback, type Optional, required } from '../core/options.js'
import type { Connector } from '../core/transport.js'
import { webSocketTransport } from './web-socket.js'

/** How the client reaches Asterisk: by a connection of yours. Durations are in milliseconds. */
export interface AMIClientOptions extends PlatformOptions {
  /** `webSocketTransport(url)`, `webStreamsTransport(…)`, or one of your own. */
  readonly connect: Connector
}

/** A URL, and options beside it, which win over what the URL says. */
export interface AMIClientURLOptions extends Optional<AMIClientOptions> {
  /**
   * `wss://username:secret@host/path` or `ws://`, of a WebSocket bridge; with `connect`, `ami://` and `amis://` too. User and secret are
   * percent-encoded. The query has any option that can be said in text, `protocols` to ask the bridge for, and `timeoutMs` for `actionTimeoutMs`:
   * `?protocols=binary&events=call,agent&timeoutMs=5000&reconnect.maxAttempts=3`.
   */
  readonly url: string | URL
}

const OPTIONS = {
  connect: required({
    ...callback,
    expected:
      'a connector: here is no TCP, which ami:// and amis:// would need. Give a URL with ws:// or wss://, or connect: webSocketTransport(url), webStreamsTransport(…)',
  }),
}

/** The client for every runtime with Web APIs. */
export class AMIClient extends PlatformAMIClient {
  /**
   * @param target options, or a URL as `AMIClientURLOptions` has it
   * @throws TypeError or RangeError that names a wrong option, or what is wrong with the URL, and quotes its value (but never the secret).
   */
  constructor(target: string | URL | AMIClientOptions | AMIClientURLOptions) {
    const options = expandURL<AMIClientOptions>(target, webSocketTransport)
    super(options, { options: OPTIONS, connector: () => options.connect, unheardError: report })
  }
}

/** The runtime's own way to tell of an error that nobody handled. */
function report(error: Error): void {
  const { reportError } = globalThis as { reportError?: (error: unknown) => void }
  if (reportError !== undefined) reportError(error)
  else queueMicrotask(() => Promise.reject(error))
}
