import * as protocol from 'obelus-asterisk/protocol'
import { describe, expect, it } from 'vitest'
import { parseCallerId } from '../../src/core/caller-id.js'

interface Reader {
  readonly name: string
  readonly inputs: Readonly<Record<string, (size: number) => string>>
}

/** Plain JavaScript, as the benchmark runs without a build of its own. */
const { costOf, readersOf } = (await import(new URL('worst-inputs.mjs', import.meta.url).href)) as {
  costOf(reader: Reader, input: (size: number) => string, rounds?: number, roundMs?: number): { small: number; large: number }
  readersOf(modules: object): Reader[]
}

describe.each(readersOf({ ...protocol, parseCallerId }).filter(({ name }) => !name.startsWith('AGI')))('$name', (reader) => {
  it.each(Object.entries(reader.inputs))('costs ten times as much for ten times as much: %s', (_, input) => {
    const { small, large } = costOf(reader, input, 3, 5)
    // What is quadratic takes up to a hundred times as much; the benchmark allows 15.
    expect(large / small).toBeLessThan(20)
  })
})
