import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PARTY_TABLE } from '../../src/calls/party-table.js'
import { PROGRESS, STATUS_TABLE, signalOfState } from '../../src/calls/status-table.js'
import { CHANNEL_STATES } from '../../src/catalog/channel-states.js'

const ENDS = ['ended', 'failed', 'lost']

describe('the table of statuses', () => {
  it.each(Object.keys(STATUS_TABLE))('%s leads to each end, or is one', (status) => {
    const row = STATUS_TABLE[status as keyof typeof STATUS_TABLE]
    if (ENDS.includes(status)) expect(row).toEqual({})
    else expect(row).toMatchObject({ ended: 'ended', failed: 'failed', lost: 'lost' })
  })

  it('goes back only from bridged', () => {
    for (const [from, row] of Object.entries(STATUS_TABLE)) {
      for (const to of Object.values(row)) {
        if (ENDS.includes(to) || from === 'bridged') continue
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
})

describe("the guide's diagrams", () => {
  const guide = readFileSync(new URL('../../src/calls/README.md', import.meta.url), 'utf8')
  const diagrams = [...guide.matchAll(/```mermaid\n([\s\S]*?)```/g)].map(([, diagram]) => diagram)
  const drawn = (table: Readonly<Record<string, Readonly<Record<string, string>>>>, isDrawn: (to: string) => boolean) => {
    const arrows = Object.entries(table).flatMap(([from, row]) =>
      Object.entries(row).flatMap(([signal, to]) => (isDrawn(to) ? [`    ${from} --> ${to}: ${signal}`] : [])),
    )
    return `stateDiagram-v2\n${arrows.join('\n')}\n`
  }

  it('are the table of a party, and that of a call', () => {
    expect(diagrams[0]).toBe(drawn(PARTY_TABLE, () => true))
    expect(diagrams[1]).toBe(drawn(STATUS_TABLE, (to) => !ENDS.includes(to)))
  })
})
