/** A Map that tells what is put into it, and refuses what cannot be. */
export class ToldMap<Value> extends Map<string, Value> {
  readonly #check: (key: string, value: Value) => void
  readonly #changed: (key: string, value: Value, before: Value | undefined) => void

  constructor(
    check: (key: string, value: Value) => void,
    changed: (key: string, value: Value, before: Value | undefined) => void,
  ) {
    super()
    this.#check = check
    this.#changed = changed
  }

  override set(key: string, value: Value): this {
    this.#check(key, value)
    const before = this.get(key)
    super.set(key, value)
    this.#changed(key, value, before)
    return this
  }
}
