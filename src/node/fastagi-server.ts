import { type AGIPlatform, type FastAGIServerOptions, FastAGIServer as PlatformFastAGIServer } from '../agi/fastagi-server.js'
import { systemClock } from '../core/system-clock.js'
import { allowList } from './allow-list.js'
import { traceWhenDebugged } from './debug-trace.js'
import { DIAGNOSTICS_CHANNELS } from './diagnostics-channels.js'
import { TCPListener } from './tcp-listener.js'

const PLATFORM: AGIPlatform = {
  clock: systemClock,
  unheardError: (error) => process.emitWarning(error),
  observer: DIAGNOSTICS_CHANNELS,
  listen: ({ host, port, allow, tcpKeepAliveMs }, serve) => {
    const isAllowed = allowList(allow)
    return TCPListener.open((address, localAddress) => (isAllowed(address) ? serve(address, localAddress) : undefined), {
      host,
      port,
      tcpKeepAliveMs,
    })
  },
}

/** The FastAGI server over TCP, for Node.js. Asterisk has no FastAGI over TLS. */
export class FastAGIServer extends PlatformFastAGIServer {
  /** @throws TypeError or RangeError that names a wrong option. */
  constructor(options: FastAGIServerOptions = {}) {
    super(options, PLATFORM)
    allowList(options.allow ?? [])
    traceWhenDebugged(this)
  }
}
