import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { AMIEvent } from 'obelus-asterisk/protocol'
import { describe, expect, it } from 'vitest'
import { HeaderFields } from '../../../src/core/header-fields.js'

function event(...lines: string[]): AMIEvent {
  return AMIEvent.read('Test', new HeaderFields(`Event: Test\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`))
}

describe('AMIEvent', () => {
  it('says whether it is the event of a name, in any case', () => {
    const hangup: AMIEvent = AMIEvent.read<string>('Hangup', new HeaderFields('Event: Hangup\r\nCause: 16\r\n\r\n'))
    expect(hangup.is('Hangup') && hangup.headers.Cause).toBe('16')
    expect(hangup.is('Newexten')).toBe(false)
    expect(AMIEvent.read<string>('NewExten', new HeaderFields('Event: NewExten\r\n\r\n')).is('Newexten')).toBe(true)
  })

  it('repeated headers keep every value, in order', () => {
    const status = event('Variable: A=1', 'Other: x', 'variable: B=2', 'Variable: A=3')
    expect(status.getAll('VARIABLE')).toEqual(['A=1', 'B=2', 'A=3'])
    expect(status.get('Variable')).toBe('A=1')
    expect([...status.entries()]).toEqual([
      ['Event', 'Test'],
      ['Variable', 'A=1'],
      ['Other', 'x'],
      ['variable', 'B=2'],
      ['Variable', 'A=3'],
    ])
    expect(inspect(status)).toBe(`AMIEvent ${inspect(status.toJSON())}`)
    expect(status.toJSON()).toEqual({
      name: 'Test',
      headers: { Event: 'Test', Variable: ['A=1', 'A=3'], Other: 'x', variable: 'B=2' },
    })
    expect(status.headers).toEqual({ Event: 'Test', Variable: 'A=1', Other: 'x', variable: 'B=2' })
  })

  it('has the lines without a colon in its JSON, where there are any', () => {
    expect(event('A: 1', 'nocolon').toJSON()).toEqual({
      name: 'Test',
      headers: { Event: 'Test', A: '1' },
      unparsedLines: ['nocolon'],
    })
    expect(event('A: 1').toJSON()).toEqual({ name: 'Test', headers: { Event: 'Test', A: '1' } })
  })

  it('ChanVariable keys name their channel, whose name may hold a colon', () => {
    const originate = event(
      'ChanVariable(PJSIP/a-1): FOO=1',
      'ChanVariable(Local/a:b@c-1;1): BAR=x: y',
      'ChanVariable(PJSIP/a-1): BAZ=',
    )
    expect(originate.getAll('ChanVariable(PJSIP/a-1)')).toEqual(['FOO=1', 'BAZ='])
    expect(originate.get('ChanVariable(Local/a:b@c-1;1)')).toBe('BAR=x: y')
    expect([...originate.variables]).toEqual([
      ['FOO', '1'],
      ['BAR', 'x: y'],
      ['BAZ', ''],
    ])
  })

  it('a ChanVariable key is split at its closing parenthesis, also when the channel holds colon and space', () => {
    expect(event('ChanVariable(Local/a: b@c-1;1): FOO=1').get('ChanVariable(Local/a: b@c-1;1)')).toBe('FOO=1')
  })

  it('the variables of two channels in one event can be told apart', () => {
    const dial = event('ChanVariable: FOO=caller', 'DestChanVariable: FOO=callee')
    expect(dial.getAll('ChanVariable')).toEqual(['FOO=caller'])
    expect(dial.getAll('DestChanVariable')).toEqual(['FOO=callee'])
    expect(dial.variables.get('FOO')).toBe('caller')
  })

  it('has the variables of each channel of a recorded event, by the prefix of its headers and by its name', () => {
    const recording = readFileSync(new URL('../../fixtures/ami-22/events-decorated.ami', import.meta.url), 'latin1')
    const text = recording.split('\r\n\r\n').find((each) => each.startsWith('Event: LocalBridge')) ?? ''
    const bridge = AMIEvent.read('LocalBridge', new HeaderFields(`${text}\r\n\r\n`))
    for (const [prefix, state] of [
      ['LocalOne', 'Down'],
      ['LocalTwo', 'Ring'],
    ] as const) {
      const expected = new Map([
        ['FOO', "it\\'s x"],
        ['CHANNEL(state)', state],
      ])
      expect(bridge.variablesOf(prefix)).toEqual(expected)
      expect(bridge.chanVariables(bridge.get(`${prefix}Channel`))).toEqual(expected)
    }
    expect(bridge.variables.get('CHANNEL(state)')).toBe('Down')
    expect(bridge.chanVariables('Local/other@default-1;1')).toEqual(new Map())
  })

  it('has the variables of a channel whose headers have no prefix', () => {
    const dial = event('Channel: PJSIP/a-1', 'ChanVariable: FOO=1', 'ChanVariable: FOO=2', 'DestChanVariable: FOO=3')
    expect(dial.variablesOf('')).toEqual(new Map([['FOO', '1']]))
    expect(dial.variablesOf('dest')).toEqual(new Map([['FOO', '3']]))
    expect(dial.variablesOf('Transferee')).toEqual(new Map())
    expect(dial.chanVariables('PJSIP/a-1')).toEqual(new Map([['FOO', '1']]))
  })

  it('Status variables with and without a value', () => {
    expect([...event('Variable: A=value', 'Variable: B=(null)', 'Variable: odd').variables]).toEqual([
      ['A', 'value'],
      ['B', '(null)'],
    ])
  })

  it('no header is read by its name: VarSet is plain text', () => {
    const varSet = event('Variable: FOO', 'Value: a\\nb\\"c\\"')
    expect(varSet.get('Variable')).toBe('FOO')
    expect(varSet.get('Value')).toBe('a\\nb\\"c\\"')
    expect(varSet.headers).toEqual({ Event: 'Test', Variable: 'FOO', Value: 'a\\nb\\"c\\"' })
  })

  for (const [header, asked] of [
    ['BridgeId', 'bridgeid'],
    ['BridgeID', 'BridgeId'],
    ['UniqueID', 'Uniqueid'],
    ['DestUniqueId', 'destuniqueid'],
    ['CallerIDnum', 'CallerIDNum'],
    ['ServicelevelPerf', 'ServiceLevelPerf'],
    ['Cause-txt', 'CAUSE-TXT'],
  ] as const) {
    it(`${header} is found as ${asked}`, () => {
      expect(event(`${header}: x`).get(asked)).toBe('x')
    })
  }

  it('headers that a release adds anywhere are there', () => {
    const decorated = event('Privilege: call,all', 'Timestamp: 1795404312.089229', 'Tenantid: t', 'Channel: a', 'NewIn99: y')
    expect([decorated.get('Tenantid'), decorated.get('Channel'), decorated.get('NewIn99')]).toEqual(['t', 'a', 'y'])
  })
})

describe('AMIEvent.from', () => {
  it('makes the event that a server would have sent', () => {
    const hangup = AMIEvent.from({
      Event: 'Hangup',
      Channel: 'Local/a:b@c-1;1',
      Cause: 17,
      'Cause-txt': 'User busy',
      Uniqueid: undefined,
    })
    expect(hangup).toBeInstanceOf(AMIEvent)
    expect(hangup.name).toBe('Hangup')
    expect(hangup.headers).toEqual({ Event: 'Hangup', Channel: 'Local/a:b@c-1;1', Cause: '17', 'Cause-txt': 'User busy' })
    expect(hangup.get('cause-txt' as 'Cause-txt')).toBe('User busy')
    expect(AMIEvent.from({ ...hangup.headers, Event: 'Hangup' }).toJSON()).toEqual(hangup.toJSON())
  })

  it('repeats the headers that are given as lists', () => {
    const named = AMIEvent.from({ Event: 'Hangup', ChanVariable: ['A=1', 'B=2'], 'ChanVariable(Local/a:b@c-1;1)': 'C=3' })
    expect(named.getAll('ChanVariable')).toEqual(['A=1', 'B=2'])
    expect([...named.variables]).toEqual([
      ['A', '1'],
      ['B', '2'],
      ['C', '3'],
    ])
  })

  it('keeps values as they are: empty, with leading blanks, with quotes', () => {
    for (const value of ['', '  x', 'a: b', '"Ann" <100>', 'line\n', 'ä€😀'])
      expect(AMIEvent.from({ Event: 'UserEvent', Value: value }).get('Value')).toBe(value)
  })

  it('refuses what no message can carry, and names it', () => {
    const from = AMIEvent.from as (headers: Record<string, unknown>) => AMIEvent
    expect(() => from({ Event: 'Hangup', Channel: 'a\r\nForged: 1' })).toThrow(
      'Event Hangup cannot have the header "Channel" with the value "a\\r\\nForged: 1"',
    )
    for (const name of ['a:b', 'a\r\nb']) expect(() => from({ Event: 'Hangup', [name]: 1 })).toThrow(TypeError)
    expect(() => from({ Channel: 'a' })).toThrow('An event needs its name as the header Event, not undefined')
  })
})
