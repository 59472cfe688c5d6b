import fc from 'fast-check'
import { escapeArgument } from 'obelus-asterisk'
import { describe, expect, it } from 'vitest'
import { AGIPeer, environment } from '../support/agi-peer.js'

/** How an application separates its arguments: quotes group, a backslash takes the next character as it is, and both are taken away. */
function standardArguments(text: string): string[] {
  const read: string[] = ['']
  let [isQuoted, depth] = [false, 0]
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (character === '(' || character === '[') depth += 1
    if (character === ')' || character === ']') depth = Math.max(0, depth - 1)
    if (character === '"') isQuoted = !isQuoted
    else if (character === ',' && !isQuoted && depth === 0) read.push('')
    else if (character === '\\') {
      at += 1
      read[read.length - 1] += text.charAt(at)
    } else read[read.length - 1] += character
  }
  return read
}

const seed = Math.floor(Math.random() * 2 ** 31)
const argument = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'a ,"\\()[]') }),
  fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => !/[\r\n\0\ud800-\udfff]/.test(value)),
)

describe('one argument of an application', () => {
  it.each([
    ['a,b', 'a\\,b'],
    ['say "hi"', 'say \\"hi\\"'],
    ['a\\b', 'a\\\\b'],
    ['f(x)[1]', 'f\\(x\\)\\[1\\]'],
    ['plain text', 'plain text'],
    ['', ''],
    [12, '12'],
  ])('%s is escaped as %s', (value, escaped) => {
    expect(escapeArgument(value)).toBe(escaped)
  })

  it(`is read back as it was given, beside others; seed ${seed}`, () => {
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1, maxLength: 5 }), (args) => {
        expect(standardArguments(args.map(escapeArgument).join(','))).toEqual(args)
      }),
      { seed, numRuns: 500 },
    )
  })
})

describe('the arguments of a subroutine', () => {
  /** What GOSUB is given for them, or why it is not. */
  const gosub = async (args: string | readonly string[]) => {
    const { AGISession } = await import('obelus-asterisk')
    const peer = new AGIPeer()
    peer.feed(environment())
    const clock = { now: () => 0, after: () => () => undefined }
    const agi = AGISession.on(peer, { clock, signal: new AbortController().signal })
    const outcome = agi.gosub('sub', 's', 1, args).catch((error: Error) => error.message)
    return peer.written[0] ?? (await outcome)
  }

  it.each([
    ['text', 'GOSUB "sub" "s" "1" "text"\n'],
    ['(a,b)', 'GOSUB "sub" "s" "1" "(a,b)"\n'],
    ['a"b', 'GOSUB "sub" "s" "1" "a\\"b"\n'],
    ['a]b)c', 'GOSUB "sub" "s" "1" "a]b)c"\n'],
    [['a', 'b'], 'GOSUB "sub" "s" "1" "a,b"\n'],
    [['a', '', ''], 'GOSUB "sub" "s" "1" "a,,"\n'],
  ])('%j are carried', async (args, line) => {
    expect(await gosub(args)).toBe(line)
  })

  it.each<[string | readonly string[], number]>([
    ['a,b', 1],
    ['(a),b', 1],
    ['a\\', 1],
    [['a"', 'b'], 1],
    [['a[', 'b'], 1],
    [['a', 'b\\', 'c'], 2],
    [['a', 'b,c'], 2],
  ])('%j cannot be: argument %s', async (args, position) => {
    expect(await gosub(args)).toContain(`GOSUB cannot carry argument ${position}`)
  })
})
