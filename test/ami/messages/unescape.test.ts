import { readFileSync } from 'node:fs'
import { unescapeValue } from 'obelus-asterisk'
import { describe, expect, it } from 'vitest'
import { HeaderFields } from '../../../src/core/header-fields.js'

describe('unescapeValue', () => {
  it.each([
    ["O\\'Neil\\?", "O'Neil?"],
    ['a\\nb\\rc\\td', 'a\nb\rc\td'],
    ['\\a\\b\\f\\v', '\x07\b\f\v'],
    ['back\\\\slash \\"quoted\\"', 'back\\slash "quoted"'],
    ['plain', 'plain'],
    ['at the end \\', 'at the end \\'],
  ])('%j is %j', (escaped, text) => expect(unescapeValue(escaped)).toBe(text))

  it('reads the examples that are given of it', () => {
    const source = readFileSync(new URL('../../../src/ami/messages/unescape.ts', import.meta.url), 'utf8')
    const [, escaped = '', text] = /`(\S+)` is `(\S+)`/.exec(source) ?? []
    expect(unescapeValue(escaped)).toBe(text)
    expect(text).toBe("O'Neil?")
    const readme = readFileSync(new URL('../../../src/ami/README.md', import.meta.url), 'utf8')
    expect(unescapeValue(/\(`(O\S+Neil)`\)/.exec(readme)?.[1] ?? '')).toBe("O'Neil")
  })

  it('VarSet of a recording: what Asterisk wrote as \\n is a newline', () => {
    const recording = readFileSync(new URL('../../fixtures/ami-22/events-decorated.ami', import.meta.url), 'utf8')
    const values = recording
      .split('\r\n\r\n')
      .filter((message) => message.startsWith('Event: VarSet'))
      .map((message) => new HeaderFields(message).get('Value') ?? '')
      .filter((value) => value.includes('\\'))
    expect(values.length).toBeGreaterThan(0)
    for (const value of values) expect(unescapeValue(value)).not.toBe(value)
  })
})

describe('chanVariables', () => {
  it("has each channel's own", async () => {
    const { AMIEvent } = await import('obelus-asterisk')
    const event = AMIEvent.read(
      'OriginateResponse',
      new HeaderFields(
        'Event: OriginateResponse\r\nChanVariable(Local/a:b@c-1;1): X=1\r\nChanVariable(Local/a:b@c-1;1): Y=\r\nChanVariable(PJSIP/d-2): X=2=3\r\n\r\n',
      ),
    )
    expect([...event.chanVariables('Local/a:b@c-1;1')]).toEqual([
      ['X', '1'],
      ['Y', ''],
    ])
    expect([...event.chanVariables('PJSIP/d-2')]).toEqual([['X', '2=3']])
  })
})
