import { AMIClient as PlatformAMIClient } from '../ami/client/client.js'
import type { AMIClientOptions as PlatformOptions } from '../ami/client/options.js'
import { callback, required } from '../core/options.js'
import type { Connector } from '../core/transport.js'

/** How the client reaches Asterisk: by a link of yours. Durations are in milliseconds. */
export interface AMIClientOptions extends PlatformOptions {
  /** `webSocketTransport(url)`, `webStreamsTransport(…)`, or one of your own. */
  readonly connect: Connector
}

const OPTIONS = {
  connect: required({ ...callback, expected: 'a connector, such as webSocketTransport(url), as a browser has no TCP' }),
}

/** The client for every runtime with Web APIs. */
export class AMIClient extends PlatformAMIClient {
  /** @throws TypeError or RangeError that names a wrong option and quotes its value (but never the secret). */
  constructor(options: AMIClientOptions) {
    super(options, { options: OPTIONS, connector: () => options.connect, unheardError: report })
  }
}

/** The runtime's own way to tell of an error that nobody handled. */
function report(error: Error): void {
  const { reportError } = globalThis as { reportError?: (error: unknown) => void }
  if (reportError !== undefined) reportError(error)
  else queueMicrotask(() => Promise.reject(error))
}
