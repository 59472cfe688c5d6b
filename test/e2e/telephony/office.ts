import { Facts } from '../../support/facts.js'
import type { SIPCall } from '../../support/sip/call.js'
import { Phone } from '../../support/sip/phone.js'
import type { PBX } from './pbx.js'
import { ABSENT, OUTSIDE, PEOPLE, type Person, SERVICES, type Service, voiceOf } from './people.js'

/** How a phone meets a call. */
export type Manner = 'rings' | 'is busy' | { readonly forwardsTo: Person } | ((call: SIPCall) => void)

/** One of the offices of a PBX: its people with their telephones, and the people outside who call it. */
export class Office {
  readonly number: number
  readonly pbx: PBX
  readonly facts: Facts
  readonly #phones: ReadonlyMap<Person, Phone>
  readonly #trunk: Phone
  readonly #manners = new Map<Person, Manner>()

  private constructor(number: number, pbx: PBX, facts: Facts, phones: ReadonlyMap<Person, Phone>, trunk: Phone) {
    this.number = number
    this.pbx = pbx
    this.facts = facts
    this.#phones = phones
    this.#trunk = trunk
    for (const [person, phone] of phones) phone.onCall = (call) => this.#meet(person, call)
    trunk.onCall = (call) => this.#meet(outsiderOf(call.dialed), call)
  }

  /** Registers everybody's phone. */
  static async open(number: number, pbx: PBX): Promise<Office> {
    const facts = new Facts()
    const server = { host: '127.0.0.1', port: pbx.sipPort }
    const phones = new Map<Person, Phone>()
    for (const person of Object.keys(PEOPLE) as (keyof typeof PEOPLE)[]) {
      const user = `${number}${PEOPLE[person]}`
      const phone = await Phone.open({ user, password: 's3cret', server, facts }, () => voiceOf(person))
      await phone.register()
      phones.set(person, phone)
    }
    const outside = { user: 'outside', server, host: `127.0.1.${number}`, port: pbx.trunkPort, facts }
    const trunk = await Phone.open(outside, (called) => voiceOf(outsiderOf(called)))
    return new Office(number, pbx, facts, phones, trunk)
  }

  /** The number that is dialled for somebody or something, from inside or from outside. */
  numberOf(target: Person | Service, from?: Person): string {
    const inside = { ...PEOPLE, ...ABSENT, ...SERVICES } as Readonly<Record<string, string>>
    const prefix = from !== undefined && from in OUTSIDE ? '555' : ''
    if (target in OUTSIDE) return `9${OUTSIDE[target as keyof typeof OUTSIDE]}`
    return `${prefix}${this.number}${inside[target]}`
  }

  /** A number in which N stands for the office. */
  inOffice(number: string): string {
    return number.replaceAll('N', String(this.number))
  }

  /** Whose phone has these two digits. */
  personAt(digits: string): Person | undefined {
    return Object.entries({ ...PEOPLE, ...ABSENT }).find(([, own]) => own === digits)?.[0] as Person | undefined
  }

  /** Has somebody dial a number. Who is outside may show a number that is not theirs. */
  async call(person: Person, number: string, shown?: string): Promise<SIPCall> {
    if (!(person in OUTSIDE)) return this.#phoneOf(person).call(number)
    const own = OUTSIDE[person as keyof typeof OUTSIDE]
    const name = shown === undefined ? person : 'Anonymous'
    return this.#trunk.call(number, { number: shown ?? own, name })
  }

  /** A person's calls, the oldest first. */
  callsOf(person: Person): readonly SIPCall[] {
    if (!(person in OUTSIDE)) return this.#phoneOf(person).calls
    const own = OUTSIDE[person as keyof typeof OUTSIDE]
    // Who shows no number is max.
    const isOwn = ({ from }: SIPCall) => from === own || (from === 'anonymous' && person === 'max')
    return this.#trunk.calls.filter((call) => (call.isIncoming ? call.dialed === own : isOwn(call)))
  }

  /** What a person's phone sends. */
  voiceOf(person: Person): number {
    return voiceOf(person)
  }

  setManner(person: Person, manner: Manner): void {
    this.#manners.set(person, manner)
  }

  /** Waits until no phone has a call any more; then everything is as it was in the morning. @throws Error when a call is left over. */
  async tidy(): Promise<void> {
    const phones = [...this.#phones.values(), this.#trunk]
    const left = () => phones.flatMap(({ calls }) => calls).find(({ state }) => state !== 'over')
    await this.facts
      .until(() => left() === undefined || undefined, 'every phone is on the hook')
      .catch((error: Error) => {
        throw new Error(`${error.message}, but for ${left()}`)
      })
    this.#manners.clear()
    for (const phone of phones) phone.forget()
  }

  /** Hangs up whatever is left, after a scenario that went wrong. */
  hangUpAll(): void {
    for (const phone of [...this.#phones.values(), this.#trunk]) for (const call of phone.calls) call.hangUp()
  }

  close(): void {
    for (const phone of [...this.#phones.values(), this.#trunk]) phone.close()
  }

  #phoneOf(person: Person): Phone {
    const phone = this.#phones.get(person)
    if (phone === undefined) throw new Error(`${person} has no phone that works`)
    return phone
  }

  #meet(person: Person, call: SIPCall): void {
    const manner = this.#manners.get(person) ?? 'rings'
    if (manner === 'rings') call.ring()
    else if (manner === 'is busy') call.refuse()
    else if (typeof manner === 'function') manner(call)
    else call.forward(this.numberOf(manner.forwardsTo))
  }
}

function outsiderOf(number: string): Person {
  if (number === 'anonymous') return 'max'
  const found = Object.entries(OUTSIDE).find(([, each]) => each === number)
  if (found === undefined) throw new Error(`nobody outside has the number ${number}`)
  return found[0] as Person
}
