import { AMIEvent, AMIResponse } from 'obelus-asterisk/protocol'
import { describe, expect, it } from 'vitest'
import { HeaderFields } from '../../../src/core/header-fields.js'

const response = (text: string) => AMIResponse.read(new HeaderFields(`${text}\r\n\r\n`))

describe('AMIResponse', () => {
  for (const [word, type] of [
    ['Success', 'success'],
    ['Error', 'error'],
    ['ERROR', 'error'],
    ['Goodbye', 'goodbye'],
    ['Follows', 'follows'],
    ['Pong', 'success'],
    ['Whatever', 'success'],
    ['', 'success'],
  ]) {
    it(`Response: ${word} is of type ${type}`, () => {
      expect(response(`Response: ${word}`).type).toBe(type)
    })
  }

  for (const [sent, message] of [
    ['Message: No Contacts found\n', 'No Contacts found'],
    ['Message: two\n\n', 'two\n'],
    ['Message:  spaces ', ' spaces '],
    ['message: any case', 'any case'],
    ['X: none', ''],
    ['No categories found', 'No categories found'],
    ['one\r\ntwo', 'one\ntwo'],
    ['no colon\r\nMessage: counts', 'counts'],
  ] as const) {
    it(`the message of ${JSON.stringify(sent)}`, () => {
      expect(response(`Response: Error\r\n${sent}`).message).toBe(message)
    })
  }

  it('Getvar of an unset variable is a success with an empty value', () => {
    expect(response('Response: Success\r\nVariable: X\r\nValue: ').get('Value')).toBe('')
  })

  it('QueueRule keeps RuleList and Rule headers in order', () => {
    const rules = response('Response: Success\r\nRuleList: a\r\nRule: 1\r\nRule: 2\r\nRuleList: b\r\nRule: 3')
    expect([...rules.entries()].slice(1).map(([, value]) => value)).toEqual(['a', '1', '2', 'b', '3'])
    expect(rules.getAll('rule')).toEqual(['1', '2', '3'])
  })

  it('what Asterisk says without a colon is in its JSON, as in the answer to GetConfig without that category', () => {
    expect(response('Response: Success\r\nActionID: g\r\nNo categories found').toJSON()).toMatchObject({
      headers: { Response: 'Success', ActionID: 'g' },
      unparsedLines: ['No categories found'],
    })
  })

  it('has no output, events or completion where there are none', () => {
    expect(response('Response: Success\r\nPing: Pong').toJSON()).toEqual({
      type: 'success',
      headers: { Response: 'Success', Ping: 'Pong' },
      output: [],
      events: [],
      completion: undefined,
    })
  })
})

describe('AMIResponse.from', () => {
  it('makes the answer that a server would have sent', () => {
    const pong = AMIResponse.from({ Response: 'Success', Ping: 'Pong' })
    expect([pong.type, pong.get('Ping'), pong.message, pong.output, pong.events, pong.completion]).toEqual([
      'success',
      'Pong',
      '',
      [],
      [],
      undefined,
    ])
    expect(AMIResponse.from({ Response: 'Error', Message: 'No such channel' })).toMatchObject({
      type: 'error',
      message: 'No such channel',
    })
  })

  it('has the items and the end of a list, or the output of a command', () => {
    const item = AMIEvent.from({ Event: 'QueueParams', Queue: 'support' })
    const completion = AMIEvent.from({ Event: 'QueueStatusComplete', ListItems: 1 })
    const status = AMIResponse.from<'QueueStatus'>({ Response: 'Success' }, { events: [item], completion })
    expect([status.events, status.completion]).toEqual([[item], completion])
    expect(AMIResponse.from({ Response: 'Success', Output: ['one', 'two'] }).output).toEqual(['one', 'two'])
    expect(AMIResponse.from({ Response: 'Follows' }, { output: ['one'] }).output).toEqual(['one'])
  })

  it('refuses what no message can carry, and names it', () => {
    expect(() => AMIResponse.from({ Response: 'Success', Message: 'a\r\nb' })).toThrow(
      'A response cannot have the header "Message"',
    )
    const from = AMIResponse.from as (headers: Record<string, unknown>) => AMIResponse
    expect(() => from({ Message: 'x' })).toThrow('A response needs the header Response, not undefined')
  })
})
