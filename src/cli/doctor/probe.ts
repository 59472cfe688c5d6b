import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTLS, type PeerCertificate, type TLSSocket } from 'node:tls'
import type { Server } from './server.js'

/** What a port did when it was connected to. */
export interface Heard {
  /** How long the connection took; undefined when there was none. */
  readonly connectedMs: number | undefined
  /** The first bytes, as text: up to the first line's end. */
  readonly text: string
  /** Whether the other side ended it. */
  readonly isClosed: boolean
  readonly error: (Error & { readonly code?: string | undefined; readonly reason?: string | undefined }) | undefined
  /** This machine, as the server sees it unless something between changes it. */
  readonly ownAddress: string | undefined
  readonly certificate: PeerCertificate | undefined
  /** Why the certificate is not trusted. */
  readonly distrust: Error | undefined
}

/** How a port is tried. */
export interface ProbeOptions {
  /** Speak TLS, and accept any certificate. */
  readonly tls?: boolean | undefined
  /** What to say when connected. */
  readonly say?: string | undefined
  /** How long to listen for a first line; 0: not at all. */
  readonly listenMs: number
}

/** Connects once, and listens until a first line has come. Never rejects. */
export function probe(
  { host, port, tls: given, timeoutMs }: Server,
  { tls = false, say, listenMs }: ProbeOptions,
): Promise<Heard> {
  return new Promise((resolve) => {
    const began = performance.now()
    let connectedMs: number | undefined
    let text = ''
    let error: Heard['error']
    let certificate: PeerCertificate | undefined
    let distrust: Error | undefined
    let ownAddress: string | undefined
    const servername = given?.servername ?? (isIP(host) === 0 ? host : undefined)
    const socket: Socket = tls
      ? connectTLS({ ...given, host, port, servername, rejectUnauthorized: false })
      : connect({ host, port })
    let timer = setTimeout(() => end(false), timeoutMs)
    const end = (isClosed: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ connectedMs, text, isClosed, error, ownAddress, certificate, distrust })
    }
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      connectedMs = performance.now() - began
      ownAddress = socket.localAddress
      if (tls) {
        certificate = (socket as TLSSocket).getPeerCertificate()
        distrust = (socket as TLSSocket).authorizationError ?? undefined
      }
      if (listenMs === 0) return end(false)
      clearTimeout(timer)
      timer = setTimeout(() => end(false), listenMs)
      if (say !== undefined) socket.write(say)
    })
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1')
      if (text.includes('\n') || text.length > 200) end(false)
    })
    socket.on('error', (failure) => {
      error = failure
    })
    socket.on('end', () => end(true))
    socket.on('close', () => end(true))
  })
}
