/** Asterisk's answer to an AGI command. */
export interface AGIResponse {
  /** 200; 503 where Asterisk has no memory left. */
  readonly code: number
  /** What follows `result=`: a number for most commands, digits for GET DATA. */
  readonly result: string
  /** What is in parentheses; undefined where there are none. It may be empty, and may hold anything. */
  readonly value: string | undefined
  /**
   * What follows: `endpos`, `digit`, `results`, `score0` …; text without a name has the name `text`, and so has all of it behind the thousandth name:
   * Asterisk sends no more than three for each thing that a speech engine has heard.
   */
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

const RESULT_AT = '200 result='.length

/**
 * An answer of one line, or with a value of several: `200 result=1 (value) endpos=8000`. Undefined when it is none. Read by hand: what comes from
 * elsewhere must not cost more than its length.
 *
 * @param isFree whether the value may hold anything, parentheses too: it then ends at the last one, else at the first.
 */
export function parseAnswer(text: string, isFree: boolean): AGIResponse | undefined {
  if (!/^\d{3} result=/.test(text)) return undefined
  const resultEnd = upTo(text, ' ', RESULT_AT)
  const valueEnd = text.startsWith(' (', resultEnd) ? (isFree ? text.lastIndexOf(')') : text.indexOf(')', resultEnd)) : -1
  const hasValue = valueEnd > resultEnd
  return {
    code: Number(text.slice(0, 3)),
    result: text.slice(RESULT_AT, resultEnd),
    value: hasValue ? text.slice(resultEnd + 2, valueEnd) : undefined,
    fields: fieldsOf(text, hasValue ? valueEnd + 1 : resultEnd),
  }
}

const NAME = /([A-Za-z]\w*)=/y
const MAX_FIELDS = 1_000

/** `endpos=8000 results=1 score0=900 text0="one two" grammar0=g`, or words without a name. */
function fieldsOf(text: string, from: number): Map<string, string> {
  const fields = new Map<string, string>()
  let words = ''
  let at = from
  while (at < text.length && fields.size < MAX_FIELDS) {
    NAME.lastIndex = at
    const name = NAME.exec(text)?.[1]
    const value = name === undefined ? at : NAME.lastIndex
    // What is looked for is passed over then: a look at more would be taken again for each field.
    const isQuoted = name !== undefined && text.charAt(value) === '"'
    const start = isQuoted ? value + 1 : value
    const end = upTo(text, isQuoted ? closingOf(name) : ' ', start)
    if (name !== undefined) fields.set(name, text.slice(start, end))
    else if (end > start) words += ` ${text.slice(start, end)}`
    at = end + 1
  }
  if (at < text.length) words += ` ${text.slice(at)}`
  if (words !== '') fields.set('text', words.slice(1))
  return fields
}

/** What ends a quoted field. What a speech engine heard may hold quotes: it ends where its grammar begins (`res/res_agi.c`). */
function closingOf(name: string): string {
  const number = /^text(\d+)$/.exec(name)?.[1]
  return number === undefined ? '"' : `" grammar${number}=`
}

/** Where the next one of these is, or the end. */
function upTo(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from)
  return at < 0 ? text.length : at
}
