import { debuglog } from 'node:util'
import { type Traceable, trace } from '../ami/client/trace.js'

/** `NODE_DEBUG=obelus-asterisk`: what this client, server or session says and hears goes to stderr, without secrets. */
export function traceWhenDebugged(target: Traceable): void {
  const log = debuglog('obelus-asterisk')
  if (log.enabled) trace(target, (text) => log('%s', text))
}
