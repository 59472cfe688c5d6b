import { seededRandom } from '../../src/testing/random.js'

/** Cuts bytes at random places. */
export function randomSplits(bytes: Uint8Array, random: () => number, longest = 64): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + Math.floor(random() * longest)
    chunks.push(bytes.slice(at, at + length))
    at += length
  }
  return chunks
}

/** The ways in which each protocol case runs: whole, byte by byte, and at random places under a seed that is part of the name. */
export function waysToSplit(bytes: Uint8Array): { name: string; chunks: Uint8Array[] }[] {
  const seed = Math.floor(Math.random() * 2 ** 31)
  return [
    { name: 'whole', chunks: [bytes] },
    { name: 'byte by byte', chunks: Array.from(bytes, (byte) => Uint8Array.of(byte)) },
    { name: `at random places, seed ${seed}`, chunks: randomSplits(bytes, seededRandom(seed)) },
  ]
}

/** Text as bytes; `\r\n` has to be written out. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** The same ways, for texts that come one after the other. */
export const SPLITS: readonly (readonly [name: string, split: (bytes: Uint8Array) => Uint8Array[]])[] = (() => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  const random = seededRandom(seed)
  return [
    ['whole', (bytes: Uint8Array) => [bytes]],
    ['byte by byte', (bytes: Uint8Array) => Array.from(bytes, (byte) => Uint8Array.of(byte))],
    [`at random places, seed ${seed}`, (bytes: Uint8Array) => randomSplits(bytes, random)],
  ] as const
})()
