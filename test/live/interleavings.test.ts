import fc from 'fast-check'
import type { LiveChange, LiveSnapshot } from 'obelus-asterisk/live'
import { describe, expect, it } from 'vitest'
import { type FollowedAreas, LiveState } from '../../src/live/state/live-state.js'
import { ModelPBX } from '../support/model-pbx.js'

const AREAS: FollowedAreas = { queues: true, endpoints: true, bridges: true, parking: true, conferences: true, mailboxes: [] }

/** A state that is fed by a model of a server, as a driver feeds it. */
class Fed {
  readonly pbx = new ModelPBX()
  readonly changes: LiveChange[] = []
  readonly state = new LiveState(AREAS, () => undefined, {
    changed: (change) => this.changes.push(change),
    stale: () => {
      this.isStale = true
    },
  })
  isStale = false
  #now = 0
  #tell: (() => void) | undefined

  /** Sends so many of the events that wait. */
  send(count = Number.POSITIVE_INFINITY): void {
    for (const { name, fields } of this.pbx.pending.splice(0, Math.min(count, this.pbx.pending.length))) {
      this.#now += 1
      this.state.eventReceived(name, fields, this.#now)
    }
  }

  /** The answer to a list is made now, and comes before the events that wait. */
  list(which: number): void {
    this.#tell ??= this.state.store.hold()
    const { pbx, state } = this
    const lists = [
      () => state.queues.listed(pbx.queueStatus(), this.#now),
      () => state.deviceStates.listed(pbx.deviceStateList()),
      () => state.bridges.bridgesListed(pbx.bridgeList()),
      () => state.bridges.channelsListed(pbx.channelList()),
      () => state.parking.callsListed(pbx.parkedCalls(), this.#now),
      () => state.conferences.roomsListed(pbx.rooms()),
      () => state.conferences.participantsListed('room', pbx.participants(), this.#now),
    ]
    lists[which % lists.length]?.()
  }

  /** What is read when events hint at more than they tell. */
  readAgain(): void {
    if (!this.isStale) return
    this.isStale = false
    this.#tell ??= this.state.store.hold()
    this.state.queues.listed(this.pbx.queueStatus(), this.#now, { queue: 'q', members: 'all' })
  }

  /** The answer to what was asked last comes: every event before it was sent. */
  tell(): void {
    this.send()
    this.#tell?.()
    this.#tell = undefined
  }
}

const name = fc.constantFrom('a', 'b', 'c')
const few = fc.nat({ max: 3 })
type Step = (fed: Fed) => void
const step: fc.Arbitrary<Step> = fc.oneof(
  name.map(
    (each): Step =>
      ({ pbx }) =>
        pbx.addMember(each),
  ),
  name.map(
    (each): Step =>
      ({ pbx }) =>
        pbx.removeMember(each),
  ),
  fc.tuple(name, fc.nat({ max: 8 })).map(
    ([each, status]): Step =>
      ({ pbx }) =>
        pbx.changeMember(each, { status }),
  ),
  fc.tuple(name, fc.boolean()).map(
    ([each, isPaused]): Step =>
      ({ pbx }) =>
        pbx.changeMember(each, { isPaused }),
  ),
  fc.tuple(name, few).map(
    ([each, penalty]): Step =>
      ({ pbx }) =>
        pbx.changeMember(each, { penalty }),
  ),
  fc.tuple(name, few).map(
    ([each, at]): Step =>
      ({ pbx }) =>
        pbx.join(each, at),
  ),
  name.map(
    (each): Step =>
      ({ pbx }) =>
        pbx.leave(each),
  ),
  name.map(
    (each): Step =>
      ({ pbx }) =>
        pbx.connect(each),
  ),
  fc.tuple(name, fc.boolean()).map(
    ([each, isLate]): Step =>
      ({ pbx }) =>
        pbx.complete(each, isLate),
  ),
  fc.tuple(name, fc.constantFrom('INUSE', 'RINGING')).map(
    ([each, state]): Step =>
      ({ pbx }) =>
        pbx.setDevice(each, state),
  ),
  fc.tuple(name, name).map(
    ([bridge, each]): Step =>
      ({ pbx }) =>
        pbx.enter(bridge, each),
  ),
  fc.tuple(name, name).map(
    ([bridge, each]): Step =>
      ({ pbx }) =>
        pbx.leaveBridge(bridge, each),
  ),
  fc.tuple(few, name).map(
    ([space, each]): Step =>
      ({ pbx }) =>
        pbx.park(`${space}`, each),
  ),
  fc.tuple(few, fc.constantFrom('UnParkedCall', 'ParkedCallGiveUp', 'ParkedCallTimeOut')).map(
    ([space, how]): Step =>
      ({ pbx }) =>
        pbx.unpark(`${space}`, how),
  ),
  name.map(
    (each): Step =>
      ({ pbx }) =>
        pbx.joinConference(each),
  ),
  name.map(
    (each): Step =>
      ({ pbx }) =>
        pbx.leaveConference(each),
  ),
  fc.tuple(name, fc.boolean()).map(
    ([each, isMuted]): Step =>
      ({ pbx }) =>
        pbx.mute(each, isMuted),
  ),
  few.map(
    (count): Step =>
      (fed) =>
        fed.send(count),
  ),
  fc.nat({ max: 6 }).map(
    (which): Step =>
      (fed) =>
        fed.list(which),
  ),
  fc.constant<Step>((fed) => fed.tell()),
)

/** What a fresh state says that was read and never heard an event. Instants of states are left out. */
function fresh(pbx: ModelPBX) {
  const fed = new Fed()
  Object.assign(fed, { pbx })
  for (let which = 0; which < 7; which += 1) fed.list(which)
  fed.tell()
  return timeless(fed.state.snapshot())
}

function timeless({ version: _, ...areas }: LiveSnapshot): unknown {
  const INSTANTS = new Set(['since', 'waitingSince', 'parkedSince', 'timeoutAt', 'joinedAt', 'lastCallAt'])
  return JSON.parse(JSON.stringify(areas, (key, value) => (INSTANTS.has(key) ? undefined : value)))
}

function applied(snapshot: LiveSnapshot, changes: readonly LiveChange[]): LiveSnapshot {
  const next = structuredClone(snapshot) as unknown as { version: number } & Record<string, Record<string, unknown>>
  for (const { area, key, before, now, version } of changes) {
    if (version <= next.version) continue
    expect(next[area]?.[key]).toEqual(before)
    if (now === undefined) delete next[area]?.[key]
    else (next[area] as Record<string, unknown>)[key] = now
    next.version = version
  }
  return next as unknown as LiveSnapshot
}

describe('whatever the order of events and lists', () => {
  it('the state is in the end what the server is', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const fed = new Fed()
        for (let which = 0; which < 7; which += 1) fed.list(which)
        for (const take of steps) take(fed)
        fed.tell()
        // What lists have hinted at is read when there is quiet.
        fed.readAgain()
        fed.tell()
        expect(timeless(fed.state.snapshot())).toEqual(fresh(fed.pbx))
      }),
      { numRuns: 400 },
    )
  })

  it('a snapshot and the changes after it are every later snapshot, in JSON too; each change has the next version', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat({ max: 60 }), (steps, at) => {
        const fed = new Fed()
        let taken = JSON.parse(JSON.stringify(fed.state.snapshot()))
        for (const [index, take] of steps.entries()) {
          if (index === at) taken = JSON.parse(JSON.stringify(fed.state.snapshot()))
          take(fed)
          const changes = JSON.parse(JSON.stringify(fed.changes)) as LiveChange[]
          expect(applied(taken, changes)).toEqual(JSON.parse(JSON.stringify(fed.state.snapshot())))
        }
        expect(fed.changes.map(({ version }) => version)).toEqual(fed.changes.map((_, index) => index + 1))
        // What is told is a change.
        for (const { before, now } of fed.changes) expect(before).not.toEqual(now)
      }),
      { numRuns: 200 },
    )
  })

  it('by events alone, nothing read again, callers stand where they stand', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const fed = new Fed()
        fed.list(0)
        fed.tell()
        fed.list = () => undefined
        for (const take of steps) take(fed)
        fed.tell()
        const positions = Object.values(fed.state.snapshot().callers).map(({ uniqueId, position }) => [position - 1, uniqueId])
        expect(Object.fromEntries(positions)).toEqual({ ...fed.pbx.callers })
        expect(fed.state.snapshot().queues).toMatchObject({ q: { waiting: fed.pbx.callers.length } })
      }),
      { numRuns: 200 },
    )
  })

  it('reading what is known already tells nothing', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const fed = new Fed()
        for (const take of steps) take(fed)
        for (let which = 0; which < 7; which += 1) fed.list(which)
        fed.tell()
        fed.readAgain()
        fed.tell()
        const before = fed.changes.length
        for (let which = 0; which < 7; which += 1) fed.list(which)
        fed.tell()
        expect(fed.changes.slice(before)).toEqual([])
      }),
      { numRuns: 100 },
    )
  })
})
