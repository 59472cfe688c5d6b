/** Sound that waits to be sent, in the order in which it came. */
export class SoundQueue {
  #pieces: Uint8Array[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Keeps a copy: what a source gives may be overwritten. */
  add(sound: Uint8Array): void {
    if (sound.length === 0) return
    this.#pieces.push(new Uint8Array(sound))
    this.#length += sound.length
  }

  /** Fills what lies from here on, as far as there is sound. Gives how many bytes it was. */
  takeInto(frame: Uint8Array, from: number): number {
    let at = from
    for (let piece = this.#pieces[0]; piece !== undefined && at < frame.length; piece = this.#pieces[0]) {
      const part = piece.subarray(0, frame.length - at)
      frame.set(part, at)
      at += part.length
      if (part.length === piece.length) this.#pieces.shift()
      else this.#pieces[0] = piece.subarray(part.length)
    }
    this.#length -= at - from
    return at - from
  }
}
