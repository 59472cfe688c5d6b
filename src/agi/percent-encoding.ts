const PERCENT = 37
const HEX = /^[0-9A-Fa-f]{2}$/

/** Bytes of a text with percent signs. Never throws: what is no escape means itself, and what is no UTF-8 stays bytes. */
export function percentDecode(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  let length = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    const hex = text.slice(at + 1, at + 3)
    if (code === PERCENT && HEX.test(hex)) {
      bytes[length] = Number.parseInt(hex, 16)
      at += 2
    } else bytes[length] = code
    length += 1
  }
  return bytes.subarray(0, length)
}
