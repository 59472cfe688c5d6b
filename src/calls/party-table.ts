/** Where a party stands: made, ringing (it rings there, or they hear it ring), talking or listening, on hold, gone. */
export type PartyState = 'new' | 'ringing' | 'up' | 'held' | 'ended'

/** What happens to a party. */
export type PartySignal = 'rings' | 'answers' | 'holds' | 'unholds' | 'hangsUp'

/** The state after a signal, by the state before it. A signal that a row lacks changes nothing. */
export const PARTY_TABLE: Readonly<Record<PartyState, Readonly<Partial<Record<PartySignal, PartyState>>>>> = {
  new: { rings: 'ringing', answers: 'up', hangsUp: 'ended' },
  ringing: { answers: 'up', hangsUp: 'ended' },
  up: { holds: 'held', hangsUp: 'ended' },
  held: { unholds: 'up', hangsUp: 'ended' },
  ended: {},
}
