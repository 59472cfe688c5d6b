/**
 * Changes the rate of 16-bit sound that comes in pieces. Between two samples the line is straight; of a higher rate, samples are averaged first over
 * the length of one that is wanted, so that what the lower rate cannot carry does not come back as another tone.
 */
export class Resampler {
  readonly #from: number
  readonly #to: number
  /** Where the next sample is wanted, behind `#before`, in parts of which `#to` are one sample of what comes: whole numbers add up exactly. */
  #position = 0
  #before = 0
  /** The odd byte of a sample that is not whole yet. */
  #half: number | undefined
  /** The samples that are averaged, and their sum. */
  readonly #window: number[]
  #sum = 0

  /** From so many samples a second to so many. */
  constructor(from: number, to: number) {
    this.#from = from
    this.#to = to
    this.#window = new Array(Math.max(1, Math.round(from / to))).fill(0)
  }

  /** Little-endian in, little-endian out. */
  convert(bytes: Uint8Array): Uint8Array {
    const samples = this.#samplesOf(bytes)
    const end = samples.length * this.#to
    const wanted: number[] = []
    for (; this.#position < end; this.#position += this.#from) {
      const at = Math.floor(this.#position / this.#to)
      const left = at === 0 ? this.#before : (samples[at - 1] as number)
      const right = samples[at] as number
      wanted.push(Math.round(left + ((right - left) * (this.#position % this.#to)) / this.#to))
    }
    this.#position -= end
    this.#before = samples.at(-1) ?? this.#before
    return bytesOf(wanted)
  }

  #samplesOf(bytes: Uint8Array): number[] {
    const samples: number[] = []
    let at = 0
    if (this.#half !== undefined && bytes.length > 0) {
      samples.push(this.#smoothed(signed(this.#half, bytes[0] as number)))
      at = 1
      this.#half = undefined
    }
    for (; at + 1 < bytes.length; at += 2) samples.push(this.#smoothed(signed(bytes[at] as number, bytes[at + 1] as number)))
    if (at < bytes.length) this.#half = bytes[at]
    return samples
  }

  #smoothed(sample: number): number {
    if (this.#window.length === 1) return sample
    this.#window.push(sample)
    this.#sum += sample - (this.#window.shift() as number)
    return this.#sum / this.#window.length
  }
}

function signed(low: number, high: number): number {
  return ((high << 24) >> 16) | low
}

function bytesOf(samples: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2)
  for (const [at, sample] of samples.entries()) {
    bytes[2 * at] = sample & 0xff
    bytes[2 * at + 1] = (sample >> 8) & 0xff
  }
  return bytes
}
