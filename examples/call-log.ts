/**
 * Writes every call of the PBX as a line of JSON when it is over, and a table of all of them when it is interrupted.
 *
 *     npx tsx examples/call-log.ts --host pbx.example --username web --secret … --trunk PJSIP/provider >> calls.jsonl
 */
import { type Call, CallManager } from 'obelus-asterisk'
import { readOptions, untilInterrupted, withClient } from './support/target.js'

const { values } = readOptions(
  [
    'npx tsx examples/call-log.ts [--trunk PJSIP/trunk …] [--calls NUMBER: ends after so many calls; default on the fake: 2]',
    '  --trunk: an endpoint that leads outside; tells what came in and what went out',
  ],
  { trunk: { type: 'string', multiple: true, default: ['PJSIP/trunk'] }, calls: { type: 'string' } },
)
const most = Number(values.calls ?? (values.host === undefined ? 2 : Number.POSITIVE_INFINITY))

await withClient(
  values,
  (pbx) =>
    pbx.dialplan({ 100: { dial: 'PJSIP/200' }, 200: { answer: { talkMs: 500 } }, 101: { dial: 'PJSIP/201' }, 201: 'busy' }),
  async (ami, fake) => {
    using calls = new CallManager(ami, { trunks: values.trunk })
    const all = calls.all()
    untilInterrupted().addEventListener('abort', () => all.close())
    for (let call = 0; fake !== undefined && call < most; call += 1)
      fake.incomingCall({ to: call % 2 === 0 ? '100' : '101', from: '<0301>' })
    const over: Promise<Call>[] = []
    for await (const call of all) {
      over.push(written(call))
      if (over.length >= most) break
    }
    table(await Promise.all(over))
  },
)

async function written(call: Call): Promise<Call> {
  await call.ended()
  console.log(JSON.stringify(call))
  return call
}

function table(calls: readonly Call[]): void {
  for (const { direction, caller, callerNumber, exten, answeredBy, talkMs, outcome } of calls) {
    const from = caller?.number || callerNumber || 'somebody'
    const end = answeredBy === undefined ? (outcome?.reason ?? 'a machine') : answeredBy.endpoint
    const seconds = talkMs === undefined ? '?' : (talkMs / 1000).toFixed(1)
    console.error([direction.padEnd(8), from.padEnd(14), (exten ?? '?').padEnd(14), end.padEnd(16), `${seconds} s`].join('  '))
  }
}
