/**
 * The board in a browser: queues, agents and calls, of your server or of an embedded fake where callers come and agents answer. `npm run board`.
 *
 *     npx tsx examples/board.ts --url ami://board:secret@pbx.example
 */
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { CallManager } from 'obelus-asterisk'
import { Gateway } from 'obelus-asterisk/gateway'
import { LiveModel } from 'obelus-asterisk/live'
import type { FakeAsterisk } from 'obelus-asterisk/testing'
import { readOptions, untilInterrupted, withClient } from './support/target.js'

const { values } = readOptions(
  ['npx tsx examples/board.ts [--listen PORT; default: 8080, 0 is a free one] [--once: ends when it has begun]'],
  {
    listen: { type: 'string', default: '8080' },
    once: { type: 'boolean', default: false },
  },
)
const CALLERS = ['"Eve <script>alert(1)</script>" <0301>', '"Max" <0302>', '"Zoë" <0303>', '<0304>', '"Kim" <0305>']

await withClient(values, prepare, async (ami, fake) => {
  using calls = new CallManager(ami)
  using live = new LiveModel(ami, { calls })
  await live.ready()
  const token = process.env.BOARD_TOKEN ?? randomBytes(24).toString('base64url')
  await using gateway = new Gateway({ live, calls, tokens: [{ token, read: ['*'], may: ['pause'] }] })
  const server = createServer(gateway.handler)
  await new Promise<void>((resolve) => server.listen(Number(values.listen), '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  console.log(`The board is at http://127.0.0.1:${port}/ and wants this token: ${token}`)
  const stop = fake && keepCalling(fake)
  if (!values.once) await new Promise<void>((resolve) => untilInterrupted().addEventListener('abort', () => resolve()))
  stop?.()
  await gateway.close()
  server.close()
})

/** An office with two queues. */
function prepare(pbx: FakeAsterisk): void {
  const answer = (afterMs: number, talkMs: number) => ({ answer: { afterMs, talkMs } })
  pbx.dialplan({
    101: answer(2_000, 15_000),
    102: answer(3_000, 25_000),
    103: answer(1_000, 8_000),
    104: 'noanswer',
    600: { queue: 'support' },
    601: { queue: 'sales' },
  })
  pbx.queue('support', { members: { Ann: 'PJSIP/101', Bob: 'PJSIP/102' } })
  pbx.queue('sales', { members: { Cid: 'PJSIP/103', Dee: 'PJSIP/104' } })
}

/** Callers come one after the other, and have some patience. */
function keepCalling(pbx: FakeAsterisk): () => void {
  let number = 0
  const call = () => {
    const caller = pbx.incomingCall({ to: number % 3 === 2 ? '601' : '600', from: CALLERS[number % CALLERS.length] ?? '' })
    number += 1
    setTimeout(() => caller.hangup(), 40_000).unref()
  }
  call()
  const timer = setInterval(call, 6_000)
  return () => clearInterval(timer)
}
