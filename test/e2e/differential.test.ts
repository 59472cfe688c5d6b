import { type AMIClient, unlisted } from 'obelus-asterisk'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { TestServer } from './asterisk/global-setup.js'
import { Bench, type Program } from './differential/bench.js'
import { DIFFERENCES } from './differential/differences.js'
import { configure } from './differential/plan.js'
import { actionPrograms } from './differential/programs/actions.js'
import { agiPrograms } from './differential/programs/agi.js'
import { callPrograms } from './differential/programs/calls.js'
import { conferencePrograms } from './differential/programs/conferences.js'
import { parkingPrograms } from './differential/programs/parking.js'
import { queuePrograms } from './differential/programs/queues.js'
import { statePrograms } from './differential/programs/state.js'
import { loggedIn, NOT_OURS, servers } from './target.js'

const ours = servers.every(({ version }) => version !== undefined)
const programs: readonly Program[] = [
  ...actionPrograms,
  ...callPrograms,
  ...agiPrograms,
  ...queuePrograms,
  ...conferencePrograms,
  ...parkingPrograms,
  ...statePrograms,
]

/** What happens when a program runs, without what may differ. */
async function transcriptOf(
  program: Program,
  logIn: () => Promise<AMIClient>,
  callScript?: (url: string) => Promise<string>,
): Promise<readonly string[]> {
  const ami = await logIn()
  const bench = new Bench(ami, callScript ?? ((url) => callByAsterisk(ami, url)), logIn)
  await program.run(bench)
  await ami.close()
  const differences = DIFFERENCES.filter((each) => each.programs?.test(program.name) ?? true)
  return bench.end().filter((line) => !differences.some(({ lines }) => lines.test(line)))
}

/** What there is on the real servers. */
const CALLER = { files: ['beep', 'silence/1'], subroutines: ['handler,s,1'] }

/** Has a channel of a real server run a script; the dialplan says how it ended. */
async function callByAsterisk(ami: AMIClient, url: string): Promise<string> {
  const ended = ami.waitFor('UserEvent', { where: (event) => event.headers.UserEvent === 'AGIStatus', timeoutMs: 15_000 })
  const Variable = [`__URL=${url}`, '__MARK=differential']
  await ami.sendAction('Originate', { Channel: 'Local/run@agi/n', Application: 'Wait', Data: 20, Async: true, Variable })
  return (await ended).get(unlisted('Status')) ?? ''
}

/** What a program finds on a real server and on the fake that plays it. */
async function bothTranscripts(program: Program, server: TestServer) {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' }, version: server.version as 16 | 22, unhandled: 'bypass' })
  onTestFinished(() => pbx.close())
  configure(pbx)
  const [there, here] = await Promise.all([
    transcriptOf(program, () => loggedIn(server)),
    transcriptOf(
      program,
      () => loggedIn(server, { connect: pbx.connector }),
      (url) => pbx.callFastAGI(url, CALLER).ended(),
    ),
  ])
  return { name: server.name, there, here }
}

describe.skipIf(!ours)(`the fake does what real servers do${ours ? '' : ` (skipped: ${NOT_OURS})`}`, () => {
  it.each(programs)('$name', async (program) => {
    const found = await Promise.all(servers.map((server) => bothTranscripts(program, server)))
    for (const { name, there, here } of found) expect.soft(here, name).toEqual(there)
  })
})

it('each difference has a reason, and there are enough programs', () => {
  expect(DIFFERENCES.filter(({ reason }) => reason.length < 40)).toEqual([])
  expect(programs.length).toBeGreaterThanOrEqual(80)
  expect(new Set(programs.map(({ name }) => name)).size).toBe(programs.length)
})
