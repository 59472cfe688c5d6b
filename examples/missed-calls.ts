/**
 * Writes a line of JSON for each call from outside that nobody talked to: also one that only a voice-mail or an announcement answered.
 *
 *     npx tsx examples/missed-calls.ts --host pbx.example --username web --secret … --trunk PJSIP/provider >> missed.jsonl
 */
import { type Call, CallManager } from 'obelus-asterisk'
import { readOptions, untilInterrupted, withClient } from './support/target.js'

const { values } = readOptions(
  [
    'npx tsx examples/missed-calls.ts [--trunk PJSIP/trunk …] [--calls NUMBER: ends after so many calls; default on the fake: 2]',
    '  --trunk: an endpoint that leads outside; calls between telephones of the house are not missed calls',
  ],
  { trunk: { type: 'string', multiple: true, default: ['PJSIP/trunk'] }, calls: { type: 'string' } },
)
const most = Number(values.calls ?? (values.host === undefined ? 2 : Number.POSITIVE_INFINITY))

await withClient(
  values,
  (pbx) =>
    pbx.dialplan({ 100: { dial: 'PJSIP/200', timeoutMs: 500 }, 200: 'noanswer', 101: { dial: 'PJSIP/201' }, 201: 'answer' }),
  async (ami, fake) => {
    using calls = new CallManager(ami, { trunks: values.trunk })
    const incoming = calls.incoming()
    untilInterrupted().addEventListener('abort', () => incoming.close())
    for (let call = 0; fake !== undefined && call < most; call += 1)
      fake.incomingCall(call % 2 === 0 ? { to: '100', from: '"Ann" <0301>' } : { to: '101', from: '<0302>' })
    const watched: Promise<void>[] = []
    for await (const call of incoming) {
      watched.push(watch(call))
      if (watched.length >= most) break
    }
    await Promise.all(watched)
  },
)

async function watch(call: Call): Promise<void> {
  // Talked with anybody, also after a transfer, or as one with another call.
  const { talked, reason, mergedInto } = await call.ended()
  if (talked || mergedInto !== undefined) return
  const { startedAt, callerNumber, callerName, exten, ringMs, queue } = call
  console.log(JSON.stringify({ at: startedAt, callerNumber, callerName, exten, ringMs, queue: queue?.queue, reason }))
}
