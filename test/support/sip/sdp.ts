import type { Address } from './endpoint.js'

export type MediaDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'

/** An offer or answer of µ-law and digits (RFC 4566). `version` grows with each of a call. */
export function sdp({ host, port }: Address, direction: MediaDirection, version: number): string {
  return [
    'v=0',
    `o=- 1 ${version} IN IP4 ${host}`,
    's=-',
    `c=IN IP4 ${host}`,
    't=0 0',
    `m=audio ${port} RTP/AVP 0 101`,
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-16',
    'a=ptime:20',
    `a=${direction}`,
    '',
  ].join('\r\n')
}

/** Where the other side wants to receive sound. */
export function mediaAddress(body: string): Address | undefined {
  const port = /^m=audio (\d+)/m.exec(body)?.[1]
  const host = /^c=IN IP4 (\S+)/m.exec(body)?.[1]
  return port === undefined || host === undefined ? undefined : { host, port: Number(port) }
}

/** What an answer to this offer has to say of the direction. */
export function answeredDirection(offer: string): MediaDirection {
  const offered = /^a=(sendrecv|sendonly|recvonly|inactive)/m.exec(offer)?.[1] ?? 'sendrecv'
  if (offered === 'sendonly') return 'recvonly'
  if (offered === 'recvonly') return 'sendonly'
  return offered as MediaDirection
}
