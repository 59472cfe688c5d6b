/// <reference types="node" preserve="true" />
import type { Socket } from 'node:net'
import { milliseconds, type OptionsShape } from '../core/options.js'

/** How a TCP connection is kept. */
export interface SocketOptions {
  /**
   * After how long a silence the system itself asks the peer whether it is still there (TCP keepalive), from 1_000; Infinity:
   * never. It finds a peer that lost its power, or a router between that forgot the connection.
   * @default 30_000
   */
  readonly tcpKeepAliveMs?: number | undefined
}

export const SOCKET_OPTIONS: OptionsShape<SocketOptions> = { tcpKeepAliveMs: milliseconds(1_000) }

/** Sets what every socket of ours has, also before it is connected. */
export function prepareSocket(socket: Socket, { tcpKeepAliveMs = 30_000 }: SocketOptions): void {
  socket.setNoDelay(true)
  if (tcpKeepAliveMs !== Number.POSITIVE_INFINITY) socket.setKeepAlive(true, tcpKeepAliveMs)
}
