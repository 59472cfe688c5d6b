import { AGIRouter } from 'obelus-asterisk'
import * as protocol from 'obelus-asterisk/protocol'
import { describe, expect, it } from 'vitest'
import { percentDecode } from '../../src/agi/percent-encoding.js'
import { parseCallerId } from '../../src/core/caller-id.js'

interface Reader {
  readonly name: string
  readonly inputs: Readonly<Record<string, (size: number) => string>>
  prepare(text: string): unknown
  read(prepared: unknown): unknown
}

/** Plain JavaScript, as the benchmark runs without a build of its own. */
const { readersOf } = (await import(new URL('worst-inputs.mjs', import.meta.url).href)) as {
  readersOf(modules: object): Reader[]
}

/** What is quadratic takes longer for this than a test may; what is linear takes some milliseconds, on any machine. */
const SIZE = 150_000

// The benchmark prints the costs; a test that measured them would depend on what else the machine does.
const router = new AGIRouter().route('a/:b', () => undefined).route('a/*', () => undefined)

describe.each(readersOf({ ...protocol, parseCallerId, percentDecode, router }))('$name', (reader) => {
  it.each(Object.entries(reader.inputs))('reads 150 KB to the end: %s', (_, input) => {
    reader.read(reader.prepare(input(SIZE)))
  })
})

it('reads 8 MB of quoted fields to the end', () => {
  const reader = readersOf({ ...protocol, parseCallerId, percentDecode, router }).find(({ name }) => name === 'AGI, an answer')
  const quotes = reader?.inputs.quotes
  expect(quotes).toBeDefined()
  if (quotes !== undefined) reader?.read(reader.prepare(quotes(8_000_000)))
})
