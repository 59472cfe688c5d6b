/** How much of a text a message quotes unless told otherwise. */
const MOST_CHARACTERS = 200

/**
 * Text of a peer as a message may quote it: on one line, without what moves a terminal's cursor or turns the writing round, and not longer than
 * `most` characters. An escape stands for what was taken out: `\n`, `\u{1b}`.
 */
export function printable(text: string, most: number = MOST_CHARACTERS): string {
  const part = text.length > most ? `${text.slice(0, most)}…` : text
  return part.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, escapeOf)
}

function escapeOf(character: string): string {
  const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
  return short[character] ?? `\\u{${character.codePointAt(0)?.toString(16)}}`
}
