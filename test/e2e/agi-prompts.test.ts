import type { AGISession } from 'obelus-asterisk'
import { describe, expect, it } from 'vitest'
import { deferred } from '../../src/core/deferred.js'
import { call, callersSide, serve, TRANSPORTS } from './agi-rig.js'
import { servers } from './target.js'

type Press = (keys: string) => void

/** What a script does with a caller who presses keys, and what comes of it. */
const CASES: Readonly<Record<string, readonly [run: (agi: AGISession, press: Press) => Promise<unknown>, expected: unknown]>> = {
  'digits, in the second file of a list': [
    (agi, press) => {
      press('12')
      return agi.prompt(['beep', 'tt-monkeys'], { maxDigits: 2 })
    },
    { digits: '12', end: 'digits' },
  ],
  'digits, while something is said': [
    (agi, press) => {
      press('345')
      return agi.prompt([{ number: 7_777_777 }, 'beep'], { maxDigits: 3, timeoutMs: 2_000 })
    },
    { digits: '345', end: 'digits' },
  ],
  'the key that cancels': [
    (agi, press) => {
      press('*')
      return agi.prompt('tt-monkeys', { cancelKey: '*', timeoutMs: 20_000 })
    },
    { digits: '', end: 'cancelled' },
  ],
  '# after the first key': [
    (agi, press) => {
      press('1#')
      return agi.prompt('tt-monkeys', { cancelKey: '*', timeoutMs: 20_000 })
    },
    { digits: '1', end: 'digits' },
  ],
  silence: [(agi) => agi.prompt('beep', { timeoutMs: 100, attempts: 2, noInput: 'beep' }), { digits: '', end: 'noInput' }],
  'a menu of several digits': [
    (agi, press) => {
      press('257')
      return agi.menu(['tt-monkeys'], { '2': () => 'two', '200-299': (keys) => keys })
    },
    '257',
  ],
}

describe.each(servers)('prompts on $name', (server) => {
  it.each(TRANSPORTS)(
    'over %s',
    async (transport) => {
      let step = deferred<unknown>()
      let script: (agi: AGISession, press: Press) => Promise<unknown> = async () => undefined
      const { ami, url, errors } = await serve(server, async (agi) => {
        const press = (keys: string) => {
          for (const [at, Digit] of [...keys].entries())
            setTimeout(
              () => ami.sendAction('PlayDTMF', { Channel: callersSide(agi), Digit }).catch(() => undefined),
              600 + 600 * at,
            )
        }
        await script(agi, press).then(step.resolve, step.reject)
      })
      for (const [name, [run, expected]] of Object.entries(CASES)) {
        step = deferred()
        script = run
        await call(ami, url(transport))
        expect([name, await step.promise]).toEqual([name, expected])
      }
      expect(errors).toEqual([])
    },
    60_000,
  )
})
