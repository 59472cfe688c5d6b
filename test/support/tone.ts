/** A tone as 16-bit sound. */
export function tone(ms: number, { hz = 1_000, rate = 8_000, level = 8_000 } = {}): Uint8Array {
  return soundOf(Array.from({ length: (ms * rate) / 1_000 }, (_, at) => level * Math.sin((2 * Math.PI * hz * at) / rate)))
}

export function soundOf(samples: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(samples.length * 2)
  for (const [at, sample] of samples.entries()) bytes.writeInt16LE(Math.round(sample), 2 * at)
  return new Uint8Array(bytes)
}

export function samplesOf(sound: Uint8Array): number[] {
  const view = Buffer.from(sound)
  return Array.from({ length: sound.length >> 1 }, (_, at) => view.readInt16LE(2 * at))
}

/** In decibels of full scale. */
export function levelOf(sound: Uint8Array): number {
  const samples = samplesOf(sound)
  const power = samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length
  return 10 * Math.log10(power / 32_768 ** 2)
}

/** How often it rises through zero in a second. */
export function frequencyOf(sound: Uint8Array, rate: number): number {
  const samples = samplesOf(sound)
  const rises = samples.filter((sample, at) => sample >= 0 && (samples[at - 1] ?? 0) < 0).length
  return (rises * rate) / samples.length
}

export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces))
}
