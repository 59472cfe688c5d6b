import { describe, expect, it } from 'vitest'
import { Diagnostics } from '../../src/core/diagnostics.js'

interface Events {
  error: (error: Error) => void
  moved: (from: string, to: string) => void
}

function makeDiagnostics() {
  const unheard: string[] = []
  const diagnostics = new Diagnostics<Events>(
    { error: true, moved: true },
    ({ message }) => unheard.push(message),
    '; ask elsewhere',
  )
  return { diagnostics, unheard }
}

describe('Diagnostics', () => {
  it('tells all who listen, in order, until they stop', () => {
    const { diagnostics } = makeDiagnostics()
    const told: string[] = []
    const off = diagnostics.on('moved', (from, to) => told.push(`1: ${from} to ${to}`))
    diagnostics.on('moved', (from, to) => told.push(`2: ${from} to ${to}`))
    diagnostics.tell('moved', 'a', 'b')
    off()
    off()
    diagnostics.tell('moved', 'b', 'c')
    expect(told).toEqual(['1: a to b', '2: a to b', '2: b to c'])
  })

  it('says whether anybody listens', () => {
    const { diagnostics } = makeDiagnostics()
    expect(diagnostics.has('moved')).toBe(false)
    const off = diagnostics.on('moved', () => undefined)
    expect([diagnostics.has('moved'), diagnostics.has('error')]).toEqual([true, false])
    off()
    expect(diagnostics.has('moved')).toBe(false)
  })

  it('fault: reports what a listener throws or rejects with, and tells the others all the same', async () => {
    const { diagnostics, unheard } = makeDiagnostics()
    const told: string[] = []
    diagnostics.on('error', ({ message }) => told.push(message))
    diagnostics.on('moved', () => {
      throw new Error('thrown')
    })
    diagnostics.on('moved', async () => {
      throw new Error('rejected')
    })
    diagnostics.on('moved', (_, to) => told.push(to))
    diagnostics.tell('moved', 'a', 'b')
    await Promise.resolve()
    await Promise.resolve()
    expect(told).toEqual(['thrown', 'b', 'rejected'])
    expect(unheard).toEqual([])
  })

  it('gives an error that nobody hears, or that a listener of errors throws, to whom it was told to', () => {
    const { diagnostics, unheard } = makeDiagnostics()
    diagnostics.report('text')
    diagnostics.on('error', () => {
      throw new Error('in the listener')
    })
    diagnostics.report(new Error('first'))
    expect(unheard).toEqual(['Not an error was thrown: text', 'in the listener'])
  })

  it('refuses a name that there is not, with advice', () => {
    const { diagnostics } = makeDiagnostics()
    expect(() => diagnostics.on('move' as 'moved', () => undefined)).toThrow(/There is no event "move".*; ask elsewhere$/)
  })
})
