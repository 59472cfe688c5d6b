import type { RandomBytes } from './action-id.js'

/** The runtime's own source of chance, where a caller passes none. */
export const systemRandomBytes: RandomBytes = (bytes) => {
  globalThis.crypto.getRandomValues(bytes)
}
