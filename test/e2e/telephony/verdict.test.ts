import { describe, expect, it } from 'vitest'
import { ReferenceModel } from '../../support/reference/reference-model.js'
import type { ExpectedFailure } from './expected-failures.js'
import type { Judged } from './judge.js'
import type { FullStatement, Scenario } from './statement.js'
import { verdictOf } from './verdict.js'
import { contradictionsOf } from './witness/contradictions.js'
import { toldByModel } from './witness/told-by-model.js'

const inbound: Scenario = { title: 'Max calls Bob', script: [], calls: [{ caller: 'max' }] }
const internal: Scenario = { title: 'Ann calls Bob', script: [], calls: [{ caller: 'ann' }] }

/** As if the direction of internal calls were known to be told wrong. */
const MARKS: readonly ExpectedFailure[] = [
  { field: 'direction', reason: 'an example', isIn: ({ calls: [call] }) => call?.caller === 'ann' },
]

function verdict(scenario: Scenario, wrong: readonly Judged[], untold: readonly Judged[] = []) {
  return verdictOf(scenario, 'plain', { wrong: new Map(wrong.map((field) => [field, 'how'])), untold: new Set(untold) }, MARKS)
}

describe('the judge of telephones', () => {
  it('lets a call hold that is told as it was', () => {
    expect(verdict(inbound, [])).toEqual({ text: 'holds', isAsExpected: true })
  })

  it('fails the run for what is wrong and not known to be', () => {
    expect(verdict(inbound, ['answered'])).toEqual({ text: 'FAILS: answered is wrong: how', isAsExpected: false })
  })

  it('takes what is known to be wrong as expected to fail, with its reason', () => {
    expect(verdict(internal, ['direction'])).toMatchObject({
      text: expect.stringMatching(/^expected to fail \(direction: /),
      isAsExpected: true,
    })
  })

  it('fails the run for what is known to be wrong and holds', () => {
    expect(verdict(internal, [])).toEqual({ text: 'FAILS: direction holds now: take its mark away', isAsExpected: false })
  })

  it('fails the run for what is not told and is not known to be untold', () => {
    expect(verdict(inbound, [], ['linkedId']).isAsExpected).toBe(false)
  })

  it('has the witness contradict a statement', () => {
    const at = 1_000
    const model = new ReferenceModel().take([
      { kind: 'channel', at, id: '1', name: 'PJSIP/101-1', linkedId: '1', number: '101', exten: '102', context: 'internal' },
      { kind: 'channel', at, id: '2', name: 'PJSIP/102-2', linkedId: '1', number: '102', exten: 's', context: 'internal' },
      { kind: 'dial', at, id: '2', dialer: '1', number: '' },
      { kind: 'ringing', at, id: '2' },
      { kind: 'hangup', at: 2_000, id: '2', cause: 0 },
      { kind: 'hangup', at: 2_000, id: '1', cause: 0 },
    ])
    const who = (id: string) => (id === '1' ? 'ann' : 'bob')
    const testimony = { events: model, log: model, details: [] }
    const [told] = toldByModel(model, who, new Set())
    const statement = told as FullStatement
    expect(statement).toMatchObject({ caller: 'ann', phones: { bob: 'rang' }, answered: false, reason: 'noAnswer' })
    expect(contradictionsOf([statement], testimony, who, new Set())).toEqual([])
    expect(contradictionsOf([{ ...statement, answeredBy: 'bob' }], testimony, who, new Set())).toEqual([
      'call 1, answeredBy: the statement says "bob", the events say undefined',
      'call 1, answeredBy: the statement says "bob", CEL says undefined',
    ])
    expect(contradictionsOf([], testimony, who, new Set())).toHaveLength(1)
  })
})
