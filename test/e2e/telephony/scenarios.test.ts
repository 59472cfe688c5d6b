import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Lab } from './lab.js'
import { type Mode, Observer } from './observer.js'
import { type PBX, PBXS } from './pbx.js'
import { type Performance, perform } from './performance.js'
import { SCENARIOS } from './scenarios/index.js'
import type { Scenario } from './statement.js'
import { Table } from './table.js'
import { verdictOf } from './verdict.js'

const MODES: Readonly<Record<Mode, string>> = {
  plain: '',
  filters: ', with setupFilters()',
  cut: ', with the connection cut',
  restart: ', with the program restarted',
}

const plays = SCENARIOS.flatMap((scenario) => {
  const modes = scenario.break === undefined ? (['plain'] as const) : (Object.keys(MODES) as Mode[])
  return modes.map((mode) => ({ scenario, mode, title: `${scenario.title}${MODES[mode]}` }))
})
const rows = plays.map(({ title }) => title)
const columns = PBXS.map(({ name }) => name)
const verdicts = new Table(rows, columns)
const differences = new Table(rows, columns)

/** Plays before the observer that the mode wants. */
async function played(lab: Lab, pbx: PBX, scenario: Scenario, mode: Mode): Promise<Performance> {
  return lab.inOffice(async (office) => {
    const { witness } = lab
    if (mode === 'plain' || mode === 'filters') return perform(scenario, { office, witness, observer: lab.observers[mode], mode })
    const observer = await Observer.open(pbx)
    try {
      return await perform(scenario, { office, witness, observer, mode })
    } finally {
      await observer.close()
    }
  })
}

describe.each(PBXS)('telephones on $name', (pbx) => {
  let lab: Lab
  beforeAll(async () => {
    lab = await Lab.open(pbx)
  })
  afterAll(() => lab.close())

  it.concurrent.for(plays)('$title', async ({ scenario, mode, title }) => {
    const { judgement, cdr } = await played(lab, pbx, scenario, mode)
    const verdict = verdictOf(scenario, mode, judgement)
    verdicts.set(title, pbx.name, verdict.text)
    expect(verdict).toEqual({ text: verdict.text, isAsExpected: true })
    if (mode !== 'plain') return
    const { says = [''], because } = scenario.cdr ?? {}
    if (because !== undefined) differences.set(title, pbx.name, `${says.join(', or ')} (${because})`)
    expect(says).toContain(cdr)
  })
})

afterAll(() => {
  console.log(`Scenario, release, verdict\n\n${verdicts}`)
  console.log(`Where CDR says otherwise, by design\n\n${differences}`)
})
