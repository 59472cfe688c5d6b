import { type Call, type CallOutcome, unlisted } from 'obelus-asterisk'
import { CallRig } from '../call-rig.js'
import { factsOfEvent } from '../reference/ami-facts.js'
import { ReferenceModel } from '../reference/reference-model.js'
import { settle } from '../virtual-clock.js'
import type { EventForms, TracedEvent } from './event-forms.js'
import { type Act, perform } from './random-acts.js'
import { SimulatedPBX } from './simulated-pbx.js'

/** What the product told of one call. */
export interface ToldCall {
  readonly id: string
  readonly isOurs: boolean
  /** Whether the product says that it saw all of it. */
  readonly isComplete: boolean
  readonly uniqueIds: readonly string[]
  readonly outcome: CallOutcome | undefined
  /** Its transitions, a word each. */
  readonly words: readonly string[]
}

export interface TracedRun {
  /** What happened, by the events that the server sent or would have sent. */
  readonly model: ReferenceModel
  readonly told: readonly ToldCall[]
  /** The calls, by their first channels, that lived when a connection broke, when one was made, and in between. */
  /** The calls that began while the connection was broken. */
  readonly unseen: ReadonlySet<string>
  readonly gaps: readonly { readonly before: ReadonlySet<string>; readonly after: ReadonlySet<string> }[]
}

/** Events follow each other at such a distance that nobody takes two for one. */
const EVENT_MS = 200

/** Plays acts to a CallManager and to the reference model. Calls that are left over end; a connection that is broken is mended before. */
export async function traced(acts: readonly Act[], forms: EventForms): Promise<TracedRun> {
  await using rig = await CallRig.open()
  const pbx = new SimulatedPBX(forms)
  const model = new ReferenceModel()
  const calls: Call[] = []
  const all = rig.calls.all()
  const gaps: { before: Set<string>; after: Set<string> }[] = []
  const unseen = new Set<string>()
  let at = 0
  let isBroken = false
  const living = () => new Set(model.calls.filter(({ endedAt }) => endedAt === undefined).map(({ id }) => id))
  const tell = async () => {
    const events = pbx.takeEvents()
    const before = new Set(model.calls.map(({ id }) => id))
    for (const event of events) {
      at += EVENT_MS
      model.take(factsOfEvent(wire(event), at))
    }
    if (isBroken) {
      for (const { id } of model.calls) if (!before.has(id)) unseen.add(id)
      return
    }
    for (const { name, headers } of events) rig.rig.pbx.emit(unlisted(name), headers)
    await settle()
    while (all.buffered > 0) calls.push((await all.next()).value)
  }
  const reconnect = async () => {
    gaps.at(-1)?.after.clear()
    for (const id of living()) gaps.at(-1)?.after.add(id)
    rig.channels = pbx.list()
    rig.rig.link.refusal = undefined
    isBroken = false
    await rig.rig.clock.advance(1_000)
    while (all.buffered > 0) calls.push((await all.next()).value)
  }
  for (const act of acts) {
    // Which call is older is told by time.
    await rig.rig.clock.advance(1)
    if (act.kind === 'break' && !isBroken) {
      isBroken = true
      gaps.push({ before: living(), after: new Set() })
      rig.rig.link.refusal = new Error('The server cannot be reached')
      rig.rig.link.break()
      await settle()
    } else if (act.kind === 'reconnect' && isBroken) await reconnect()
    else if (act.kind === 'originate' && !isBroken) {
      const call = rig.calls.originate({ channel: 'PJSIP/o', context: 'default', exten: '200' })
      await settle()
      pbx.originate(call.id)
    } else perform(pbx, act)
    await tell()
  }
  if (isBroken) await reconnect()
  pbx.shutDown()
  await tell()
  await rig.rig.clock.advance(60_000)
  const told = calls.map((call) => toldCall(call))
  await settle()
  return { model, told, unseen, gaps }
}

function toldCall(call: Call): ToldCall {
  const { id, origin, uniqueIds, outcome, isComplete } = call
  const words: string[] = []
  void (async () => {
    for await (const { type } of call) words.push(type)
  })()
  return { id, isOurs: origin === 'ours', isComplete, uniqueIds, outcome, words }
}

function wire({ name, headers }: TracedEvent) {
  const lower = new Map(Object.entries(headers).map(([header, value]) => [header.toLowerCase(), value]))
  return { name, get: (header: string) => lower.get(header) }
}
