import { ConnectionError, ConnectionLostError } from '../ami/messages/errors.js'

/** Errors of TLS that another attempt does not mend: a certificate is refused, or the peer does not speak TLS. */
const FINAL_TLS_CODES =
  /^(CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA|ERR_SSL_|EPROTO)/

/** Where a socket was to connect, as errors say it. */
export interface SocketPeer {
  readonly host: string
  readonly port: number
  readonly tls?: unknown
}

/** There is no connection. Without a failure the peer closed it. */
export function connectionFailed(peer: SocketPeer, failure: Error | undefined): ConnectionError {
  const why = failure === undefined ? 'it closed the connection' : `${reasonOf(failure)}${peer.tls ? tlsHint(failure) : ''}`
  return new ConnectionError(`No connection to ${nameOf(peer)}: ${why}`, {
    cause: failure,
    retryable: !isTLSRefusal(peer, failure),
  })
}

/** There can be no connection with these options of TLS, such as a certificate that cannot be read. */
export function wrongTLSOptions(peer: SocketPeer, failure: Error): ConnectionError {
  return new ConnectionError(`No connection to ${nameOf(peer)}: wrong options of tls: ${reasonOf(failure)}`, {
    cause: failure,
    retryable: false,
  })
}

/** There was a connection. */
export function connectionLost(peer: SocketPeer, failure: Error): ConnectionLostError {
  return new ConnectionLostError(`The connection to ${nameOf(peer)} was lost: ${reasonOf(failure)}`, {
    sent: 'maybe',
    cause: failure,
  })
}

/** Whether TLS failed, and will again. */
export function isTLSRefusal({ tls }: SocketPeer, failure: Error | undefined): boolean {
  return Boolean(tls) && FINAL_TLS_CODES.test(codeOf(failure))
}

function nameOf({ host, port, tls }: SocketPeer): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}${tls ? ' by TLS' : ''}`
}

/** Of OpenSSL's text, with its file names and line break, the reason only. */
function reasonOf(failure: Error): string {
  if ('reason' in failure && typeof failure.reason === 'string') return failure.reason
  // The errors of several addresses together have no text of their own.
  return failure.message || codeOf(failure)
}

function tlsHint(failure: Error): string {
  const code = codeOf(failure)
  if (code.includes('_ALERT_')) return '; the server may want another certificate of this client: tls: { cert, key }'
  return /ERR_SSL_|EPROTO/.test(code) ? '; the port may not speak TLS' : ''
}

function codeOf(error: Error | undefined): string {
  return error !== undefined && 'code' in error ? String(error.code) : ''
}
