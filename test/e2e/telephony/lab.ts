import { Observer } from './observer.js'
import { Office } from './office.js'
import { OFFICES, type PBX } from './pbx.js'
import { Witness } from './witness/witness.js'

/** Everything that plays on one PBX need. */
export class Lab {
  readonly witness: Witness
  /** Those that look at many plays at a time. */
  readonly observers: { readonly plain: Observer; readonly filters: Observer }
  readonly offices: readonly Office[]
  readonly #free: Office[]

  private constructor(witness: Witness, observers: Lab['observers'], offices: readonly Office[]) {
    this.witness = witness
    this.observers = observers
    this.offices = offices
    this.#free = [...offices]
  }

  static async open(pbx: PBX): Promise<Lab> {
    const witness = await Witness.open(pbx)
    const [plain, filters] = [await Observer.open(pbx), await Observer.open(pbx, { filters: true })]
    const offices = await Promise.all(Array.from({ length: OFFICES }, (_, index) => Office.open(index + 1, pbx)))
    return new Lab(witness, { plain, filters }, offices)
  }

  /** Lends an office for a play. There are as many as plays at a time. */
  async inOffice<T>(play: (office: Office) => Promise<T>): Promise<T> {
    const office = this.#free.shift()
    if (office === undefined) throw new Error(`more than ${OFFICES} plays at a time`)
    try {
      return await play(office)
    } finally {
      this.#free.push(office)
    }
  }

  async close(): Promise<void> {
    for (const office of this.offices) office.close()
    await this.observers.plain.close()
    await this.observers.filters.close()
    this.witness.close()
  }
}
