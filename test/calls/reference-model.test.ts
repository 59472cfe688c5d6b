import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EVENTS_BEFORE_12, EVENTS_SINCE_12 } from '../support/pbx-trace/event-forms.js'
import { type ActKind, randomActs } from '../support/pbx-trace/random-acts.js'
import { SimulatedPBX } from '../support/pbx-trace/simulated-pbx.js'
import { type ToldCall, type TracedRun, traced } from '../support/pbx-trace/traced-run.js'
import { recordedCall } from '../support/recorded-call.js'
import { factsOfEvent } from '../support/reference/ami-facts.js'
import { type ReferenceCall, ReferenceModel } from '../support/reference/reference-model.js'

/** Enough for every act to follow every other; the seed of a failure is printed. */
const RUNS = 150
const TERMINAL = ['ended', 'failed', 'lost']

const PBX_ACTS: readonly ActKind[] = ['call', 'dialOne', 'dialThree', 'ring', 'answer', 'refuse', 'hangUp', 'hold', 'transfer']
/** Without conferences: whoever enters one while nobody looks has the Linkedid of another call, and is told as part of that one still. */
const BROKEN: readonly ActKind[] = [...PBX_ACTS, 'dialByLocal', 'optimize', 'originate', 'break', 'reconnect']
const MODERN: readonly ActKind[] = [...PBX_ACTS, 'dialByLocal', 'optimize', 'join', 'originate']
const MERGING: readonly ActKind[] = [...MODERN, 'pickUp', 'connectTwo']

/** What the model says of the call that was told. */
function truthOf({ id }: ToldCall, { model }: TracedRun): ReferenceCall | undefined {
  return model.calls.find((call) => call.id === id)
}

function ends({ words }: ToldCall): string[] {
  return words.filter((word) => TERMINAL.includes(word))
}

/** What the contract says, and today's calls too, of a call that was watched from its beginning to its end. */
function expectTold(told: ToldCall, run: TracedRun): void {
  const truth = truthOf(told, run) as ReferenceCall
  const isAnswered = truth.answeredAt !== undefined
  expect({ id: told.id, ends: ends(told) }).toEqual({ id: told.id, ends: [told.isOurs && !isAnswered ? 'failed' : 'ended'] })
  expect({ id: told.id, answered: told.outcome?.answered }).toEqual({ id: told.id, answered: isAnswered })
  expect(told.uniqueIds).toEqual(expect.arrayContaining(truth.parties.filter((party) => run.model.bornIn(party) === told.id)))
  expect(told.words.includes('held')).toBe(truth.holds.length > 0)
  expect({ id: told.id, bridged: told.words.includes('bridged') }).toEqual({ id: told.id, bridged: truth.talks.length > 0 })
  expect({ id: told.id, talked: told.outcome?.talked }).toEqual({ id: told.id, talked: truth.talks.length > 0 })
  expect({ id: told.id, by: told.outcome?.answeredBy?.uniqueId }).toEqual({ id: told.id, by: truth.answeredBy })
}

describe('the CallManager beside the reference model', () => {
  it('tells every call of a random trace once, to its end, answered and talked as it was', async () => {
    await fc.assert(
      fc.asyncProperty(randomActs(MODERN), async (acts) => {
        const run = await traced(acts, EVENTS_SINCE_12)
        expect(run.told.map(({ id }) => id).sort()).toEqual(run.model.calls.map(({ id }) => id).sort())
        for (const told of run.told) expectTold(told, run)
      }),
      { numRuns: RUNS },
    )
  })

  it('ends every call once, also where two become one', async () => {
    await fc.assert(
      fc.asyncProperty(randomActs(MERGING), async (acts) => {
        const run = await traced(acts, EVENTS_SINCE_12)
        expect(run.told.map(({ id }) => id).sort()).toEqual(run.model.calls.map(({ id }) => id).sort())
        for (const told of run.told) {
          expect({ id: told.id, ends: ends(told).length }).toEqual({ id: told.id, ends: 1 })
          expect({ id: told.id, goesOnIn: told.outcome?.mergedInto }).toEqual({
            id: told.id,
            goesOnIn: truthOf(told, run)?.mergedInto,
          })
        }
      }),
      { numRuns: RUNS },
    )
  })

  it('tells every call in the events of Asterisk 1.8 to 11 once too', async () => {
    await fc.assert(
      fc.asyncProperty(randomActs(PBX_ACTS), async (acts) => {
        const run = await traced(acts, EVENTS_BEFORE_12)
        expect(run.told.map(({ id }) => id).sort()).toEqual(run.model.calls.map(({ id }) => id).sort())
        for (const told of run.told) expectTold(told, run)
      }),
      { numRuns: RUNS },
    )
  })

  it('fault: with the connection broken now and then, each call ends once, and none is said to be what it never was', async () => {
    await fc.assert(
      fc.asyncProperty(randomActs(BROKEN), async (acts) => {
        const run = await traced(acts, EVENTS_SINCE_12)
        for (const told of run.told) {
          const truth = truthOf(told, run)
          expect(truth, `${told.id} is a call`).toBeDefined()
          expect({ id: told.id, ends: ends(told).length }).toEqual({ id: told.id, ends: 1 })
          if (told.outcome?.answered) expect(truth?.answeredAt).toBeDefined()
          const hasEndedUnseen = run.gaps.some(({ before, after }) => before.has(told.id) && !after.has(told.id))
          // A call of ours whose OriginateResponse fell into a gap may be lost in the next one, though its end was seen.
          const mayBeLost = told.isOurs && run.gaps.length > 1
          expect({ id: told.id, result: told.outcome?.result }).not.toEqual({
            id: told.id,
            result: hasEndedUnseen ? 'ended' : mayBeLost ? '' : 'lost',
          })
        }
        const ids = run.told.map(({ id }) => id)
        expect(new Set(ids).size).toBe(ids.length)
        expect(ids).toEqual(expect.arrayContaining(run.model.calls.map(({ id }) => id).filter((id) => !run.unseen.has(id))))
      }),
      { numRuns: RUNS },
    )
  }, 60_000)
})

describe('the simulated PBX', () => {
  it('says nothing that a real server does not say', () => {
    const recorded = new Map<string, Set<string>>()
    const folder = fileURLToPath(new URL('../fixtures/ami-22/', import.meta.url))
    for (const file of readdirSync(folder).filter((name) => /^call-.*\.ami$/.test(name))) {
      for (const { name, headers } of recordedCall(`ami-22/${file.slice(0, -4)}`)) {
        const known = recorded.get(name) ?? new Set()
        recorded.set(name, known)
        for (const [header] of headers) known.add(header)
      }
    }
    const pbx = new SimulatedPBX(EVENTS_SINCE_12)
    const caller = pbx.call()
    pbx.dialByLocal(caller)
    const phone = pbx.devices.at(-1)
    if (phone === undefined) throw new Error('nobody is called')
    pbx.ring(phone)
    pbx.answer(phone)
    pbx.hold(phone)
    pbx.hold(phone)
    pbx.hangUp(phone)
    pbx.refuse(pbx.originate('ours'))
    const [one, two] = [pbx.call(), pbx.call()]
    pbx.join(one)
    pbx.dial(two, 1)
    pbx.answer(pbx.devices.at(-1) ?? two)
    pbx.transfer(two)
    pbx.shutDown()
    const events = pbx.takeEvents()
    expect(new Set(events.map(({ name }) => name)).size).toBeGreaterThan(11)
    for (const { name, headers } of events)
      expect({ name, strange: Object.keys(headers).filter((header) => !recorded.get(name)?.has(header)) }).toEqual({
        name,
        strange: [],
      })
  })
})

describe('the reference model', () => {
  it('has each device in one call, and each call ends, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(randomActs(MERGING), async (acts) => {
        const { model } = await traced(acts, EVENTS_SINCE_12)
        const devices = [...model.channels.keys()].filter((id) => model.isDevice(id))
        const going = model.calls.filter(({ mergedInto }) => mergedInto === undefined)
        expect(going.flatMap(({ parties }) => parties).sort()).toEqual(devices.sort())
        for (const { id, startedAt, endedAt, talks } of model.calls) {
          expect({ id, hasEnded: endedAt !== undefined && endedAt >= startedAt }).toEqual({ id, hasEnded: true })
          for (const { from, to, devices: heard } of talks) {
            expect(heard.size).toBeGreaterThan(1)
            expect({ id, isOver: to !== undefined && to >= from }).toEqual({ id, isOver: true })
          }
        }
      }),
      { numRuns: RUNS },
    )
  })

  const told = (recording: string) => {
    const events = recordedCall(recording).map(({ name, headers }) => {
      const lower = new Map(headers.map(([header, value]) => [header.toLowerCase(), value]))
      return { name, get: (header: string) => lower.get(header) }
    })
    return new ReferenceModel().take(events.flatMap((event, index) => factsOfEvent(event, index)))
  }

  it.each(['ami-16/call-inbound-hold', 'ami-22/call-inbound-hold'])(
    'knows who called, was answered and held in %s',
    (recording) => {
      const { calls } = told(recording)
      const [call] = calls.filter(({ caller }) => caller !== undefined)
      expect(call).toMatchObject({ answeredAt: expect.any(Number), endedAt: expect.any(Number), talks: [] })
      expect(call?.holds).toHaveLength(1)
    },
  )

  it('a phone behind a Local channel is heard as soon as all bridges on the way are made', () => {
    const pbx = new SimulatedPBX()
    const caller = pbx.call()
    pbx.dialByLocal(caller)
    const phone = pbx.devices.at(-1)
    if (phone === undefined) throw new Error('nobody is called')
    pbx.answer(phone)
    const model = new ReferenceModel()
    const heard: boolean[] = []
    for (const { name, headers } of pbx.takeEvents()) {
      const lower = new Map(Object.entries(headers).map(([header, value]) => [header.toLowerCase(), value]))
      model.take(factsOfEvent({ name, get: (header) => lower.get(header) }, 0))
      if (name === 'BridgeEnter') heard.push(model.heardBy(caller.id).includes(phone.id))
    }
    expect(heard).toEqual([false, false, false, true])
    expect(model.calls).toHaveLength(1)
    expect(model.calls[0]).toMatchObject({ caller: caller.id, answeredBy: phone.id })
  })

  it('fault: whoever handed the talk on and hangs up then has not ended it, however late the telephone says so', () => {
    const at = 1_000
    const model = new ReferenceModel().take([
      { kind: 'channel', at, id: '1', name: 'PJSIP/101-1', linkedId: '1', number: '101', exten: '102', context: 'internal' },
      { kind: 'channel', at, id: '2', name: 'PJSIP/102-2', linkedId: '1', number: '102', exten: 's', context: 'internal' },
      { kind: 'dial', at, id: '2', dialer: '1', number: '102' },
      { kind: 'up', at, id: '2' },
      { kind: 'up', at, id: '1' },
      { kind: 'enter', at, id: '1', bridge: 'b', room: 'talk' },
      { kind: 'enter', at, id: '2', bridge: 'b', room: 'talk' },
      { kind: 'blindTransfer', at: 2_000, by: '2', exten: '700' },
      { kind: 'leave', at: 2_005, id: '1', bridge: 'b' },
      { kind: 'parked', at: 2_010, id: '1' },
      { kind: 'leave', at: 2_015, id: '2', bridge: 'b' },
      { kind: 'hangupAsked', at: 2_020, id: '2', cause: 16 },
      { kind: 'hangup', at: 2_020, id: '2', cause: 16 },
      { kind: 'hangupAsked', at: 3_000, id: '1', cause: 16 },
      { kind: 'hangup', at: 3_000, id: '1', cause: 16 },
    ])
    expect(model.calls).toMatchObject([{ hungUpBy: '1' }])
  })
})
