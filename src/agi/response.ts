/** Asterisk's answer to an AGI command. */
export interface AGIResponse {
  /** 200; for a provisional answer before it see `provisional`. */
  readonly code: number
  /** What follows `result=`: a number for most commands, digits for GET DATA. */
  readonly result: string
  /** What is in parentheses; undefined where there are none. It may be empty, and may hold anything. */
  readonly value: string | undefined
  /** What follows: `endpos`, `digit`, `results`, `score0` …; text without a name has the name `text`. */
  readonly fields: ReadonlyMap<string, string>
}

/** An answer that refuses a command. */
export interface AGIRefusal {
  /** 0 for a line that is no AGI. */
  readonly code: number
  /** For 520, how the command is used. */
  readonly text: string
}

export type AGIReply =
  | { readonly kind: 'answer'; readonly response: AGIResponse }
  | { readonly kind: 'refused'; readonly refusal: AGIRefusal }

/** `200 result=1 (value) endpos=8000`; what is in parentheses is greedy, as it may hold some itself. */
const ANSWER = /^(\d{3}) result=(\S*)(?: \(([\s\S]*)\))?(.*)$/
const FIELD = /([A-Za-z]\w*)=("[^"]*"|\S*)/g

/** An answer of one line, or with a value of several. */
export function parseAnswer(text: string): AGIResponse | undefined {
  const found = ANSWER.exec(text)
  if (found === null) return undefined
  const [, code, result = '', value, rest = ''] = found
  const fields = new Map<string, string>()
  for (const [, name = '', field = ''] of rest.matchAll(FIELD)) fields.set(name, field.replace(/^"|"$/g, ''))
  const plain = rest.replace(FIELD, '').trim()
  if (plain !== '') fields.set('text', plain)
  return { code: Number(code), result, value, fields }
}
