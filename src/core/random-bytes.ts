/**
 * Fills bytes with chance that nobody can guess. The bytes are a `Uint8Array<ArrayBuffer>`, as `crypto.getRandomValues` takes it;
 * before TypeScript 5.7 that type has no such name.
 */
export type RandomBytes = (bytes: ReturnType<Uint8Array['slice']>) => void

/** The runtime's own source of chance, where a caller passes none. */
export const systemRandomBytes: RandomBytes = (bytes) => {
  globalThis.crypto.getRandomValues(bytes)
}
