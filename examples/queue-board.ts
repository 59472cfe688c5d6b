/**
 * The numbers of a queue in the terminal, now and whenever one of them changes.
 *
 *     npx tsx examples/queue-board.ts --host pbx.example --username board --secret … support
 */
import { LiveModel, type Queue } from 'obelus-asterisk/live'
import { readOptions, untilInterrupted, withClient } from './support/target.js'

const { values, positionals } = readOptions(
  ['npx tsx examples/queue-board.ts [QUEUE; default: support] [--lines NUMBER: ends after so many; default on the fake: 4]'],
  { lines: { type: 'string' } },
)
const [name = 'support'] = positionals
const most = Number(values.lines ?? (values.host === undefined && values.url === undefined ? 4 : Number.POSITIVE_INFINITY))

await withClient(
  values,
  (pbx) => {
    pbx.dialplan({ 101: { answer: { afterMs: 100, talkMs: 300 } }, 102: 'noanswer', 600: { queue: name } })
    pbx.queue(name, { members: { Ann: 'PJSIP/101', Bob: 'PJSIP/102' } })
  },
  async (ami, fake) => {
    using pbx = new LiveModel(ami, { endpoints: false, bridges: false, parking: false, conferences: false })
    await pbx.ready()
    const changes = pbx.changes(['queues', 'members'])
    untilInterrupted().addEventListener('abort', () => changes.close())
    fake?.incomingCall({ to: '600', from: '"Eve" <0301>' })
    let shown = ''
    let lines = 0
    do {
      const queue = pbx.queues.get(name)
      const line = queue === undefined ? `There is no queue ${name}` : lineOf(queue)
      if (line === shown) continue
      console.log(line)
      shown = line
      lines += 1
    } while (lines < most && !(await changes.next()).done)
  },
)

function lineOf({ waiting, longestWaitMs, completed, abandoned, members }: Queue): string {
  const agents = [...members.values()].map((member) => `${member.name} ${member.state}`)
  return `${waiting} waiting (${Math.round(longestWaitMs / 1000)} s), ${completed} answered, ${abandoned} gave up; ${agents.join(', ')}`
}
