import type { ReferenceCall, ReferenceModel } from '../../../support/reference/reference-model.js'
import type { Office } from '../office.js'
import { OUTSIDE, type Person } from '../people.js'
import { type FullStatement, pair, sorted } from '../statement.js'

/** What Asterisk says of a caller who shows no number. */
const WITHHELD = 'anonymous'

/** Who holds the device of a channel. */
export type WhoIs = (id: string) => Person

/** Reads names off the channels: the endpoint's number, or outside the number that called or was called. */
export function whoIs(model: ReferenceModel, office: Office): WhoIs {
  return (id) => {
    const channel = model.channels.get(id)
    const [, trunk, digits] = /^PJSIP\/(?:(trunk)\d|\d(\d\d))-/.exec(channel?.name ?? '') ?? []
    const number = trunk === undefined ? undefined : channel?.dialedNumber || channel?.number
    const person = number === WITHHELD ? 'max' : number === undefined ? office.personAt(digits ?? '') : outsider(number)
    if (person === undefined) throw new Error(`nobody has the channel ${channel?.name ?? id} (${number ?? digits})`)
    return person
  }
}

/** The calls that a model has found, in people's words. `ours` are the first channels of calls that our program began. */
export function toldByModel(model: ReferenceModel, who: WhoIs, ours: ReadonlySet<string>): FullStatement[] {
  const calls = model.calls
  const order = calls.map(({ id }) => id)
  return calls.map((call) => toldCall(model, call, who, ours, order))
}

function toldCall(
  model: ReferenceModel,
  call: ReferenceCall,
  who: WhoIs,
  ours: ReadonlySet<string>,
  order: readonly string[],
): FullStatement {
  const name = (id: string | undefined) => (id === undefined ? undefined : who(id))
  const root = model.channels.get(call.id)
  const called = call.parties.filter((id) => model.isCalled(id))
  const outside = (ids: readonly string[]) => ids.some((id) => who(id) in OUTSIDE)
  const isByProgram = root?.dialer === 'program'
  const isInbound = !isByProgram && outside([call.id].filter((id) => model.isDevice(id)))
  return {
    caller: name(call.caller),
    isWithheld: root?.number === WITHHELD,
    dialed: isByProgram ? undefined : root?.exten,
    direction: isInbound ? 'inbound' : outside(called) ? 'outbound' : 'internal',
    origin: isByProgram ? (ours.has(call.id) ? 'ours' : 'other') : 'device',
    phones: fates(model, called, who),
    answered: call.answeredAt !== undefined,
    answeredBy: name(call.answeredBy),
    talked: call.talks.length > 0,
    talks: [...new Set(call.pairs.map(({ one, two }) => pair(`${who(one)} with ${who(two)}`)))].sort(),
    hungUpBy: name(call.hungUpBy),
    reason: reasonOf(model, call, called),
    held: call.holds.map(who),
    transfers: call.transfers.map(
      ({ how, by, exten }) => `${who(by)} ${how === 'blind' ? `sent it to ${exten}` : 'connected it'}`,
    ),
    pickedUpBy: name(call.pickedUpBy[0]),
    parking: call.parking,
    queues: Object.fromEntries(call.queues.map(({ name: queue, left }) => [queue.replace(/\d$/, ''), left ?? 'answered'])),
    recorded: call.recordings > 0,
    goesOnIn: call.mergedInto === undefined ? undefined : order.indexOf(call.mergedInto) + 1,
  }
}

const BETTER = ['answered', 'rang', 'busy', 'refused', 'forwarded', 'unreachable']

/** What became of each phone; of one that was called several times, the best. */
function fates(model: ReferenceModel, called: readonly string[], who: WhoIs): Record<string, string> {
  const found: Record<string, string> = {}
  for (const id of called) {
    const fate = fateOf(model, id)
    const before = found[who(id)]
    if (before === undefined || BETTER.indexOf(fate) < BETTER.indexOf(before)) found[who(id)] = fate
  }
  return sorted(found)
}

function fateOf(model: ReferenceModel, id: string): string {
  const channel = model.channels.get(id)
  if (channel?.upAt !== undefined) return 'answered'
  if (channel?.forwardedTo !== undefined) return 'forwarded'
  const cause = channel?.cause || channel?.askedCause
  if (cause === 17 || channel?.dialStatus === 'BUSY') return 'busy'
  if (cause === 21) return 'refused'
  return channel?.ringingAt === undefined ? 'unreachable' : 'rang'
}

function reasonOf(model: ReferenceModel, call: ReferenceCall, called: readonly string[]): string | undefined {
  if (call.talks.length > 0 || call.mergedInto !== undefined) return undefined
  const queue = call.queues.at(-1)
  if (queue?.left === 'gave up') return 'abandoned'
  if (queue?.left === 'timed out') return 'timedOut'
  if (call.answeredAt !== undefined && model.channels.get(call.id)?.dialer === undefined && called.length === 0) return undefined
  if (call.answeredAt === undefined && gaveUp(model, call, called)) return 'cancelled'
  const ends = called.filter((id) => id !== call.caller).map((id) => fateOf(model, id))
  const cause = model.channels.get(call.id)?.cause
  if (ends.includes('answered')) return undefined
  if (ends.includes('busy') || (ends.length === 0 && cause === 17)) return 'busy'
  if (ends.includes('refused')) return 'refused'
  if (ends.includes('rang')) return 'noAnswer'
  if (ends.length === 0 && cause === 34) return 'congestion'
  return 'unreachable'
}

/** Whether the caller asked for the end while a phone was still called. When all have refused, the caller's phone asks for it too. */
function gaveUp(model: ReferenceModel, { caller = '' }: ReferenceCall, called: readonly string[]): boolean {
  const asked = model.askedAt(caller)
  return asked !== undefined && called.some((id) => (model.channels.get(id)?.dialEndedAt ?? 0) > asked)
}

function outsider(number: string): Person | undefined {
  const found = Object.entries(OUTSIDE).find(([, own]) => own === number)
  return found?.[0] as Person | undefined
}
