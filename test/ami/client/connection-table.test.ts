import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CONNECTION_TABLE, statusAfter } from '../../../src/ami/client/connection-table.js'

type Table = Readonly<Record<string, Readonly<Record<string, string>>>>
const TABLE: Table = CONNECTION_TABLE
const STATES = Object.keys(TABLE)

describe('the table of a connection', () => {
  it.each(STATES.filter((state) => state !== 'closing' && state !== 'closed'))('%s can be closed', (state) => {
    expect(TABLE[state]?.close).toBe('closing')
  })

  it.each(STATES.filter((state) => state !== 'idle'))('%s can be reached', (state) => {
    expect(Object.values(TABLE).flatMap(Object.values)).toContain(state)
  })

  it('nothing happens after closed', () => {
    expect(TABLE.closed).toEqual({})
  })

  it('gives the state after what happened, with the data of that state alone', () => {
    const waiting = statusAfter({ state: 'connecting', attempt: 1 }, 'lost', {
      attempt: 2,
      retryAt: new Date(1_000),
      reason: new Error('cut'),
    })
    expect(waiting).toEqual({ state: 'waiting', attempt: 2, retryAt: new Date(1_000), reason: new Error('cut') })
    const online = { state: 'online', since: new Date(0), apiVersion: '11.0.0' } as const
    expect(statusAfter(online, 'refused', online)).toEqual({ ...online, state: 'draining' })
  })

  it('fault: refuses what cannot happen, and says what and where', () => {
    expect(() => statusAfter({ state: 'closing' }, 'greeted', { attempt: 1, apiVersion: '11.0.0' })).toThrow(
      "A connection that is closing was told 'greeted', which cannot happen there",
    )
  })

  it("is what the guide's diagram shows, but for the closing", () => {
    const arrows = Object.entries(TABLE).flatMap(([from, row]) =>
      Object.entries(row)
        .filter(([happening]) => happening !== 'close')
        .map(([happening, to]) => `    ${from} --> ${to}: ${happening}\n`),
    )
    const readme = readFileSync(new URL('../../../src/ami/README.md', import.meta.url), 'utf8')
    expect(/leads to `closing`:\n\n```mermaid\n([\s\S]*?)```/.exec(readme)?.[1]).toBe(`stateDiagram-v2\n${arrows.join('')}`)
  })
})
