import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PROGRESS, STATUS_TABLE, signalOfState } from '../../src/calls/status-table.js'
import { CHANNEL_STATES } from '../../src/catalog/channel-states.js'

const ENDS = ['ended', 'failed', 'lost']

describe('the table of statuses', () => {
  it.each(Object.keys(STATUS_TABLE))('%s leads to each end, or is one', (status) => {
    const row = STATUS_TABLE[status as keyof typeof STATUS_TABLE]
    if (ENDS.includes(status)) expect(row).toEqual({})
    else expect(row).toMatchObject({ ended: 'ended', failed: 'failed', lost: 'lost' })
  })

  it('goes back only from bridged to up', () => {
    for (const [from, row] of Object.entries(STATUS_TABLE)) {
      for (const to of Object.values(row)) {
        if (ENDS.includes(to) || (from === 'bridged' && to === 'up')) continue
        expect(PROGRESS[to]).toBeGreaterThan(PROGRESS[from as keyof typeof PROGRESS])
      }
    }
  })

  it('knows the states of channels that mean something to a call', () => {
    const meant = CHANNEL_STATES.map((text, state) => [text, signalOfState(state)]).filter(([, signal]) => signal !== undefined)
    expect(meant).toEqual([
      ['Dialing', 'dialing'],
      ['Ring', 'ringing'],
      ['Ringing', 'ringing'],
      ['Up', 'up'],
    ])
  })

  it("is what the README's diagram shows", () => {
    const arrows = Object.entries(STATUS_TABLE).flatMap(([from, row]) =>
      Object.entries(row)
        .filter(([signal]) => !ENDS.includes(signal))
        .map(([signal, to]) => `    ${from} --> ${to}: ${signal}`),
    )
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const diagram = /The status of a call[\s\S]*?```mermaid\n([\s\S]*?)```/.exec(readme)?.[1]
    expect(diagram).toBe(`stateDiagram-v2\n${arrows.join('\n')}\n`)
  })
})
