/** Fills bytes with chance that nobody can guess. */
export type RandomBytes = (bytes: Uint8Array<ArrayBuffer>) => void

/** The runtime's own source of chance, where a caller passes none. */
export const systemRandomBytes: RandomBytes = (bytes) => {
  globalThis.crypto.getRandomValues(bytes)
}
