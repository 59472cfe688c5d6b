import fc from 'fast-check'
import type { SimulatedChannel, SimulatedPBX } from './simulated-pbx.js'

/** What may happen in a random trace; `who` picks among the phones that are there. */
export interface Act {
  readonly kind: ActKind
  readonly who: number
}

export type ActKind = (typeof IN_THE_PBX)[number] | 'originate' | 'break' | 'reconnect'

const IN_THE_PBX = [
  'call',
  'dialOne',
  'dialThree',
  'dialByLocal',
  'ring',
  'answer',
  'refuse',
  'hangUp',
  'hold',
  'join',
  'transfer',
  'pickUp',
  'connectTwo',
  'optimize',
] as const

/** Random traces of these acts; calls, dials and answers come oftener than the rest. */
export function randomActs(kinds: readonly ActKind[]): fc.Arbitrary<readonly Act[]> {
  const often = kinds.filter((kind) => ['call', 'originate', 'dialOne', 'dialByLocal', 'answer'].includes(kind))
  const kind = fc.constantFrom(...kinds, ...often, ...often)
  return fc.array(fc.record({ kind, who: fc.nat({ max: 999 }) }), { minLength: 10, maxLength: 60, size: 'max' })
}

/** Does what happens in the PBX itself, to one of the phones that it can happen to. */
export function perform(pbx: SimulatedPBX, { kind, who }: Act): void {
  if (kind === 'call') {
    pbx.call()
    return
  }
  const act = ACTS[kind as keyof typeof ACTS]
  const phones = pbx.devices.filter((phone) => act?.canBe(phone, pbx))
  const phone = phones[who % phones.length]
  if (phone !== undefined) act?.happen(pbx, phone)
}

interface PhoneAct {
  readonly canBe: (phone: SimulatedChannel, pbx: SimulatedPBX) => boolean
  readonly happen: (pbx: SimulatedPBX, phone: SimulatedChannel) => void
}

const isDialed = ({ dialer }: SimulatedChannel) => dialer !== undefined
const isFree = (phone: SimulatedChannel, pbx: SimulatedPBX) => pbx.isFree(phone)
const talks = ({ bridge }: SimulatedChannel) => bridge !== undefined && !bridge.isConference

const ACTS: Readonly<Record<Exclude<(typeof IN_THE_PBX)[number], 'call'>, PhoneAct>> = {
  dialOne: { canBe: isFree, happen: (pbx, phone) => pbx.dial(phone, 1) },
  dialThree: { canBe: isFree, happen: (pbx, phone) => pbx.dial(phone, 3) },
  dialByLocal: { canBe: isFree, happen: (pbx, phone) => pbx.dialByLocal(phone) },
  ring: { canBe: isDialed, happen: (pbx, phone) => pbx.ring(phone) },
  answer: { canBe: isDialed, happen: (pbx, phone) => pbx.answer(phone) },
  refuse: { canBe: isDialed, happen: (pbx, phone) => pbx.refuse(phone) },
  hangUp: { canBe: (phone) => !isDialed(phone), happen: (pbx, phone) => pbx.hangUp(phone) },
  hold: { canBe: talks, happen: (pbx, phone) => pbx.hold(phone) },
  join: { canBe: isFree, happen: (pbx, phone) => pbx.join(phone) },
  transfer: { canBe: talks, happen: (pbx, phone) => pbx.transfer(phone) },
  pickUp: { canBe: isDialed, happen: (pbx, phone) => pbx.pickUp(phone) },
  connectTwo: {
    canBe: talks,
    happen: (pbx, phone) => {
      const second = pbx.devices.findLast((other) => talks(other) && other.bridge !== phone.bridge)
      if (second !== undefined) pbx.connectTwo(phone, second)
    },
  },
  optimize: { canBe: talks, happen: (pbx, phone) => pbx.optimize(phone) },
}
