export type Labels = Readonly<Record<string, string>>

/** One line of a family: its name's end, its labels, its value. */
export interface Sample {
  /** Behind the family's name: `_bucket`, `_sum`, `_count` of a histogram; else empty. */
  readonly suffix: string
  readonly labels: Labels
  readonly value: number
}

/** Samples of one name, as Prometheus reads them. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** As they are now. */
  samples(): readonly Sample[]
}
