import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { ReferenceModel } from '../../support/reference/reference-model.js'
import { Lab } from './lab.js'
import type { ObservedCall } from './observed-call.js'
import { Observer } from './observer.js'
import { PBXS } from './pbx.js'
import { storm } from './storm.js'
import type { Testimony } from './witness/witness.js'

const CALLS = 200
const SEED = 16

/** The call that an object tells of, by the witness. */
function callOf({ uniqueIds: [first = ''] }: ObservedCall, models: readonly ReferenceModel[]): string | undefined {
  return models.map((model) => model.bornIn(first)).find((id) => id !== undefined)
}

/** How many different calls CDR has records of. */
function recorded(testimonies: readonly Testimony[]): number {
  const calls = testimonies.flatMap(({ events, details }) => details.map(({ uniqueId }) => events.bornIn(uniqueId)))
  return new Set(calls).size
}

function hasLocal(model: ReferenceModel, call: string): boolean {
  return [...model.channels.values()].some(({ id, name }) => name.startsWith('Local/') && model.bornIn(id) === call)
}

describe.each(PBXS)('200 calls at 10 a second on $name', (pbx) => {
  let lab: Lab
  beforeAll(async () => {
    lab = await Lab.open(pbx)
  })
  afterAll(() => lab.close())

  /** Lets a storm pass, and says what was told of it and what happened. A busy server may not have begun the last calls when it is over. */
  async function passed(observer: Observer, at?: (number: number) => void | Promise<void>) {
    const offices = lab.offices
    const calls = await storm(CALLS, SEED, offices, observer, at)
    const testimonies = await Promise.all(
      offices.map((office) => lab.witness.testimony(office.number, calls.begunIn(office, { isConnected: at === undefined }))),
    )
    for (const office of offices) {
      await office.tidy()
      lab.witness.forget(office.number)
    }
    const models = testimonies.map(({ events }) => events)
    const objects = await observer.callsOf()
    return { calls, testimonies, models, objects }
  }

  it('there are as many objects as calls in CEL and in CDR, and each ends once', async () => {
    const observer = await Observer.open(pbx)
    onTestFinished(() => observer.close())
    const { calls, testimonies, models, objects } = await passed(observer)
    const inLog = testimonies.reduce((sum, { log }) => sum + log.calls.length, 0)
    console.log(`${pbx.name}: ${calls.byPhones} calls by phones, ${calls.byProgram} by our program: ${objects.length} objects`)
    expect({ objects: objects.length, cel: inLog, cdr: recorded(testimonies) }).toEqual({
      objects: CALLS,
      cel: CALLS,
      cdr: CALLS,
    })
    expect(new Set(objects.map((each) => callOf(each, models))).size).toBe(CALLS)
    for (const { ends, result } of objects)
      expect({ ends, result }).toEqual({ ends: 1, result: expect.stringMatching(/ended|failed/) })
    // Behind a Local channel the product takes a bridge for an answer still, as the table of scenarios says.
    const plain = models.flatMap((model) => model.calls.filter(({ id }) => !hasLocal(model, id)))
    const answered = new Map(objects.map((each) => [callOf(each, models), each.answered]))
    for (const { id, answeredAt } of plain)
      expect({ id, answered: answered.get(id) }).toEqual({ id, answered: answeredAt !== undefined })
  })

  it('with a cut, each call that began outside of it is an object, and each object ends once', async () => {
    const observer = await Observer.open(pbx)
    onTestFinished(() => observer.close())
    const away = { from: 0, to: 0 }
    const { models, objects } = await passed(observer, async (number) => {
      if (number === 70) {
        await observer.cut()
        away.from = Date.now()
      }
      if (number === 110) {
        await observer.mend()
        away.to = Date.now()
      }
    })
    const seen = new Set(objects.map((each) => callOf(each, models)))
    const all = models.flatMap((model) => [...model.calls])
    const unseen = all.filter(({ id }) => !seen.has(id))
    const neverSent = objects.filter((each) => callOf(each, models) === undefined)
    const count = (result: string) => objects.filter((each) => each.result === result).length
    console.log(
      `${pbx.name}, with a cut: ${objects.length} objects, ${neverSent.length} never sent, ${unseen.length} calls not seen`,
    )
    expect(count('ended') + count('failed') + count('lost')).toBe(objects.length)
    for (const { ends } of objects) expect(ends).toBe(1)
    expect(all.length).toBe(objects.length - neverSent.length + unseen.length)
    for (const each of neverSent) expect(each.result).toBe('failed')
    for (const { startedAt } of unseen) {
      expect(startedAt).toBeGreaterThan(away.from - 100)
      expect(startedAt).toBeLessThan(away.to + 100)
    }
  })
})
