/**
 * MD5 as a hexadecimal text (RFC 1321). AMI's challenge needs it, and no runtime-independent interface offers it:
 * WebCrypto leaves it out.
 */
export function md5Hex(bytes: Uint8Array): string {
  const words = paddedWords(bytes)
  let a = 0x67452301
  let b = 0xefcdab89
  let c = 0x98badcfe
  let d = 0x10325476
  for (let block = 0; block < words.length; block += 16) {
    const before = [a, b, c, d] as const
    for (let step = 0; step < 64; step += 1) {
      const round = step >> 4
      const mixed = round === 0 ? (b & c) | (~b & d) : round === 1 ? (d & b) | (~d & c) : round === 2 ? b ^ c ^ d : c ^ (b | ~d)
      const word = words[block + ((step * (STRIDE[round] as number) + (OFFSET[round] as number)) & 15)] as number
      const sum = (a + mixed + (SINES[step] as number) + word) | 0
      const shift = SHIFTS[round * 4 + (step & 3)] as number
      a = d
      d = c
      c = b
      b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0
    }
    a = (a + before[0]) | 0
    b = (b + before[1]) | 0
    c = (c + before[2]) | 0
    d = (d + before[3]) | 0
  }
  return [a, b, c, d].map(littleEndianHex).join('')
}

const STRIDE = [1, 5, 3, 7]
const OFFSET = [0, 1, 5, 0]
const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
const SINES = Array.from({ length: 64 }, (_, step) => Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32) | 0)

function paddedWords(bytes: Uint8Array): Int32Array {
  const blocks = ((bytes.length + 8) >> 6) + 1
  const words = new Int32Array(blocks * 16)
  bytes.forEach((byte, at) => {
    words[at >> 2] = (words[at >> 2] as number) | (byte << ((at & 3) * 8))
  })
  const end = bytes.length
  words[end >> 2] = (words[end >> 2] as number) | (0x80 << ((end & 3) * 8))
  words[words.length - 2] = end << 3
  words[words.length - 1] = Math.floor(end / 2 ** 29)
  return words
}

function littleEndianHex(word: number): string {
  let hex = ''
  for (let shift = 0; shift < 32; shift += 8) hex += ((word >>> shift) & 0xff).toString(16).padStart(2, '0')
  return hex
}
