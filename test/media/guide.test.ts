import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { runTypedProgram } from '../support/readme-program.js'

const guide = readFileSync(new URL('../../src/media/README.md', import.meta.url), 'utf8')
const [script = '', originate = '', agent = '', handler = '', test = ''] = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(
  ([, block]) => block,
)

/** What the guide's programs take for given. */
const GIVEN = `
import type { AudioSocketConnection } from 'obelus-asterisk/media'
import { FakeAsterisk } from 'obelus-asterisk/testing'
type Recognise = (sound: AsyncIterable<Uint8Array>) => AsyncIterable<{ text: string; isFinal: boolean }>
type Speak = (text: string, signal: AbortSignal) => AsyncIterable<Uint8Array>
const greeting = new Uint8Array(320).fill(1)
const speech = new Uint8Array(320).fill(2)
const knownCalls = new Set<string>()
const pbx = new FakeAsterisk()
declare const calls: import('obelus-asterisk').CallManager
`

it('the programs of the guide compile, and the script does what the test of it says', async () => {
  const program = [
    GIVEN,
    script
      .replace('9092', '0')
      .replace('new FastAGIServer()', 'new FastAGIServer({ port: 0 })')
      .replace('await server.listen()', 'const { port } = await server.listen()'),
    `export function greet() {\n${originate}return call\n}`,
    agent,
    'export { agent }',
    handler,
    test,
    "console.log(caller.commands.map((line) => line.split(' ').slice(0, 2).join(' ')).join(', '))",
    'await server.close()\nawait media.close()\nawait pbx.close()',
  ].join('\n')
  const printed = await runTypedProgram(program)
  expect(printed).toMatch(/^ANSWER, EXEC "AudioSocket", .*EXEC "Dial"/)
}, 60_000)
