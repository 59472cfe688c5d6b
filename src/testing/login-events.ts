import type { HeaderPairs } from './handlers.js'

/** FullyBooted of a server that was started then. */
export function fullyBooted(startedAt: Date): HeaderPairs {
  const uptime = Math.floor((Date.now() - startedAt.getTime()) / 1000)
  return [
    ['Uptime', uptime],
    ['LastReload', uptime],
    ['Status', 'Fully Booted'],
  ]
}

/** SuccessfulAuth of somebody who has logged in. */
export function successfulAuth(username: string): HeaderPairs {
  const at = new Date().toISOString().replace('Z', '+0000')
  return [
    ['EventTV', at],
    ['Severity', 'Informational'],
    ['Service', 'AMI'],
    ['EventVersion', 1],
    ['AccountID', username],
    ['SessionID', '0x0'],
    ['LocalAddress', 'IPV4/TCP/127.0.0.1/5038'],
    ['RemoteAddress', 'IPV4/TCP/127.0.0.1/0'],
    ['UsingPassword', 0],
    ['SessionTV', at],
  ]
}
