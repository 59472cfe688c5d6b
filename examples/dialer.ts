/**
 * Calls a list of numbers, so many at a time and so many in a second, with a progress bar, and says what became of each.
 *
 *     npx tsx examples/dialer.ts --host pbx.example --username web --secret … --channel 'PJSIP/{}@trunk' --concurrent 5 numbers.txt
 */
import { readFile } from 'node:fs/promises'
import { type Call, CallManager, type CallOutcome } from 'obelus-asterisk'
import { readOptions, untilInterrupted, withClient } from './support/target.js'
import { progressBar } from './support/terminal.js'

const { values, positionals } = readOptions(
  [
    'npx tsx examples/dialer.ts [FILE with a number a line]',
    "  [--channel 'PJSIP/{}@trunk'] [--application Playback] [--data demo-congrats]",
    '  [--concurrent 5] [--per-second 20] [--ring-ms 30000]',
  ],
  {
    channel: { type: 'string', default: 'PJSIP/{}' },
    application: { type: 'string', default: 'Playback' },
    data: { type: 'string', default: 'demo-congrats' },
    concurrent: { type: 'string', default: '5' },
    'per-second': { type: 'string', default: '20' },
    'ring-ms': { type: 'string', default: '30000' },
  },
)

const [file] = positionals
const numbers = file === undefined ? ['100', '101', '102', '103', '104', '100', '101', '105'] : await readNumbers(file)

await withClient(
  values,
  (pbx) =>
    pbx.dialplan({
      100: { answer: { afterMs: 400, talkMs: 800 } },
      101: 'busy',
      102: { answer: { afterMs: 800 } },
      103: 'reject',
      104: 'congestion',
    }),
  async (ami) => {
    using calls = new CallManager(ami, {
      maxConcurrentCalls: Number(values.concurrent),
      callsPerSecond: Number(values['per-second']),
    })
    const signal = untilInterrupted()
    const bar = progressBar(numbers.length)
    const originate = (number: string): Call =>
      calls.originate({
        // A function, so that a number's `$&` means itself.
        channel: values.channel.replace('{}', () => number),
        application: values.application,
        data: values.data,
        timeoutMs: Number(values['ring-ms']),
        signal,
      })
    const started = numbers.map((number) => ({ number, call: originate(number) }))
    signal.addEventListener('abort', () => {
      for (const call of calls.trackedCalls) call.hangup().catch(() => undefined)
    })
    const outcomes = await Promise.all(
      started.map(async ({ number, call }) => {
        const outcome = await call.ended()
        bar.advance(outcome.answered)
        return { number, outcome }
      }),
    )
    bar.end()
    for (const { number, outcome } of outcomes) console.log(`${number.padEnd(16)} ${describe(outcome)}`)
  },
)

function describe({ answered, causeText, dialStatus, error }: CallOutcome): string {
  if (answered) return 'answered'
  return `not answered: ${error?.message ?? (causeText || dialStatus || 'nobody knows this number')}`
}

async function readNumbers(path: string): Promise<string[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').map((line) => line.trim())
  const found = lines.filter((line) => line !== '' && !line.startsWith('#'))
  const wrong = found.find((line) => !/^[+0-9*#A-Za-z._-]+$/.test(line))
  if (wrong !== undefined) {
    console.error(`${path}: ${JSON.stringify(wrong)} is no number`)
    process.exit(1)
  }
  return found
}
