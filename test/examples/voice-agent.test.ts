import { expect, it } from 'vitest'
import { Example } from '../support/example.js'

it('the voice agent says back slower what it heard, and hands over whoever presses 0', async () => {
  const example = new Example('voice-agent')
  await example.ended()
  expect(example.lines.slice(1)).toEqual(['heard 500 ms', 'the caller hears it, slower', 'AGENT_RESULT: transfer'])
})
