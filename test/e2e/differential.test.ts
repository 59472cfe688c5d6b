import type { AMIClient } from 'obelus-asterisk'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Bench, type Program } from './differential/bench.js'
import { DIFFERENCES } from './differential/differences.js'
import { PLAN } from './differential/plan.js'
import { actionPrograms } from './differential/programs/actions.js'
import { callPrograms } from './differential/programs/calls.js'
import { loggedIn, NOT_OURS, servers } from './target.js'

const ours = servers.every(({ version }) => version !== undefined)
const programs: readonly Program[] = [...actionPrograms, ...callPrograms]

/** What happens when a program runs, without what may differ. */
async function transcriptOf(program: Program, ami: AMIClient): Promise<readonly string[]> {
  const bench = new Bench(ami)
  await program.run(bench)
  await ami.close()
  const differences = DIFFERENCES.filter((each) => each.programs?.test(program.name) ?? true)
  return bench.end().filter((line) => !differences.some(({ lines }) => lines.test(line)))
}

describe.skipIf(!ours).each(servers)(`the fake does what $name does${ours ? '' : ` (skipped: ${NOT_OURS})`}`, (server) => {
  const version = server.version as 16 | 22

  it.each(programs)('$name', async (program) => {
    const pbx = new FakeAsterisk({ users: { admin: 's3cret' }, version, unhandled: 'bypass' })
    onTestFinished(() => pbx.close())
    pbx.dialplan(PLAN)
    const [there, here] = await Promise.all([
      transcriptOf(program, await loggedIn(server)),
      transcriptOf(program, await loggedIn(server, { connect: pbx.connector })),
    ])
    expect(here).toEqual(there)
  })
})

it('each difference has a reason, and there are enough programs', () => {
  expect(DIFFERENCES.filter(({ reason }) => reason.length < 40)).toEqual([])
  expect(programs.length).toBeGreaterThanOrEqual(80)
  expect(new Set(programs.map(({ name }) => name)).size).toBe(programs.length)
})
