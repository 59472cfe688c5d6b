/// <reference types="node" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />
/**
 * The PBX for browsers and other languages, over HTTP and server-sent events.
 *
 * @module
 */

export type { GatewayOptions } from './gateway.js'
export { Gateway } from './gateway.js'
export type { GatewayToken, Permission } from './token.js'
