import type { Call, CallManager, CallTransition, Party } from 'obelus-asterisk'

/**
 * What the product says of a call, as plain data. People are channels here, by their `Uniqueid`s; `null` is nobody or nothing. What is missing it
 * cannot tell. This file alone knows the product's `Call`.
 */
export interface ObservedCall {
  readonly uniqueIds: readonly string[]
  readonly result: 'ended' | 'failed' | 'lost'
  /** How often its end was told. */
  readonly ends: number
  /** It began before the product looked, and the product says so. */
  readonly isAdopted: boolean
  readonly caller?: string | null
  readonly isWithheld?: boolean | null
  readonly dialed?: string | null
  readonly direction?: string | null
  readonly origin?: string | null
  readonly phones?: readonly { readonly uniqueId: string; readonly fate: string }[] | null
  readonly answered?: boolean | null
  readonly answeredBy?: string | null
  /** Whether two devices were connected. */
  readonly talked?: boolean | null
  readonly hungUpBy?: string | null
  readonly reason?: string | null
  /** The channels that put another on hold, in order. */
  readonly held?: readonly string[] | null
  readonly transfers?: readonly { readonly how: 'blind' | 'attended'; readonly by: string; readonly exten: string }[] | null
  readonly pickedUpBy?: string | null
  readonly parking?: readonly string[] | null
  readonly queues?: Readonly<Record<string, string>> | null
  readonly recorded?: boolean | null
  /** The first channel of the call that it went over to. */
  readonly mergedInto?: string | null
  readonly linkedId?: string | null
  /** Milliseconds since the epoch. */
  readonly startedAt?: number | null
  readonly answeredAt?: number | null
  readonly endedAt?: number | null
  readonly ringMs?: number | null
  readonly talkMs?: number | null
}

/** What the product has no word for. A field that it tells must not stand here. */
export const CANNOT_TELL: ReadonlySet<string> = new Set()

/** Collects a manager's calls, and what happens to each. */
export class CallCollection {
  readonly #histories = new Map<Call, CallTransition[]>()

  constructor(calls: CallManager) {
    void this.#collect(calls.all())
  }

  add(call: Call): void {
    if (this.#histories.has(call)) return
    const history: CallTransition[] = []
    this.#histories.set(call, history)
    void (async () => {
      for await (const transition of call) history.push(transition)
    })()
  }

  /** The calls that have one of these channels, or all, once each of them is over. They are not told again. */
  async take(ids?: ReadonlySet<string>): Promise<ObservedCall[]> {
    const isWanted = (call: Call) => ids === undefined || call.uniqueIds.some((id) => ids.has(id))
    const found = [...this.#histories].filter(([call]) => isWanted(call))
    await Promise.all(found.map(([call]) => call.ended()))
    // The history of an ended call is complete a moment later.
    await new Promise((resolve) => setImmediate(resolve))
    for (const [call] of found) this.#histories.delete(call)
    return found.map(([call, history]) => observedCall(call, history))
  }

  async #collect(calls: AsyncIterable<Call>): Promise<void> {
    for await (const call of calls) this.add(call)
  }
}

/** What the judge calls the product's reasons. */
const REASONS: Readonly<Record<string, string>> = {
  rejected: 'refused',
  timeout: 'timedOut',
  unavailable: 'unreachable',
  unknownNumber: 'unreachable',
  unknownEndpoint: 'unreachable',
}
const PARKED = { retrieved: 'retrieved', timeout: 'came back', abandoned: 'gave up' }
const LEFT = { connected: 'answered', abandoned: 'gave up', timeout: 'timed out', other: 'other' }
const ENDS: readonly string[] = ['ended', 'failed', 'lost']

function observedCall(call: Call, history: readonly CallTransition[]): ObservedCall {
  const outcome = call.outcome as NonNullable<Call['outcome']>
  const { isComplete } = call
  /** Of a call of which not all was seen, what may have happened unseen is not told. */
  const seen = <T>(told: T) => (isComplete ? told : null)
  return {
    uniqueIds: call.uniqueIds,
    result: outcome.result,
    ends: history.filter(({ type }) => ENDS.includes(type)).length,
    isAdopted: !isComplete,
    caller: call.caller?.uniqueId ?? null,
    isWithheld: call.caller?.isWithheld ?? false,
    dialed: (call.origin === 'device' ? call.exten : undefined) ?? null,
    direction: call.direction,
    origin: call.origin === 'unknown' ? null : call.origin,
    phones: seen(phonesOf(call)),
    answered: outcome.answered,
    answeredBy: call.answeredBy?.uniqueId ?? null,
    talked: outcome.talked || seen(false),
    hungUpBy: call.hungUpBy?.uniqueId ?? null,
    reason: seen((outcome.reason && (REASONS[outcome.reason] ?? outcome.reason)) ?? null),
    held: seen(history.flatMap((each) => (each.type === 'held' ? [each.uniqueId] : []))),
    transfers: seen(
      call.transfers.map(({ kind, uniqueId, to }) => ({ how: kind, by: uniqueId, exten: kind === 'blind' ? (to ?? '') : '' })),
    ),
    pickedUpBy: history.find((each) => each.type === 'pickedUp')?.uniqueId ?? null,
    parking: seen(
      history.flatMap((each) => {
        if (each.type === 'parked') return ['parked']
        return each.type === 'unparked' ? [PARKED[each.result]] : []
      }),
    ),
    queues: seen(
      Object.fromEntries(
        history.flatMap((each) => (each.type === 'queueLeft' ? [[each.queue.replace(/\d$/, ''), LEFT[each.result]]] : [])),
      ),
    ),
    recorded: call.recordings.length > 0 || seen(false),
    mergedInto: call.mergedInto?.uniqueIds[0] ?? null,
    linkedId: call.linkedId,
    startedAt: call.startedAt?.getTime() ?? null,
    answeredAt: call.answeredAt?.getTime() ?? null,
    endedAt: call.endedAt?.getTime() ?? null,
    ringMs: call.ringMs ?? null,
    talkMs: call.talkMs ?? null,
  }
}

const BETTER = ['answered', 'rang', 'busy', 'refused', 'forwarded', 'unreachable']

/** What became of each device that was dialled; of one that was dialled several times, the best. */
function phonesOf(call: Call): { readonly uniqueId: string; readonly fate: string }[] {
  const found = new Map<string, { uniqueId: string; fate: string }>()
  for (const party of call.parties) {
    const dialing = call.dialed.find(({ uniqueId }) => uniqueId === party.uniqueId)
    if (dialing === undefined) continue
    const fate = fateOf(party, dialing.forward)
    const who = `${party.endpoint} ${party.number}`
    const before = found.get(who)
    if (before === undefined || BETTER.indexOf(fate) < BETTER.indexOf(before.fate))
      found.set(who, { uniqueId: party.uniqueId, fate })
  }
  return [...found.values()]
}

function fateOf({ answeredAt, ringingAt, cause, dialStatus }: Party, forward: string | undefined): string {
  if (answeredAt !== undefined) return 'answered'
  if (forward !== undefined && forward !== '') return 'forwarded'
  if (cause === 17 || dialStatus === 'BUSY') return 'busy'
  if (cause === 21) return 'refused'
  return ringingAt === undefined ? 'unreachable' : 'rang'
}
