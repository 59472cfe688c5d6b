/** What a check came to. `note`: nothing is wrong, but it is good to know. */
export type Verdict = 'ok' | 'wrong' | 'unknown' | 'note'

/** What a check found. */
export interface Finding {
  readonly verdict: Verdict
  /** What it is, in one line. */
  readonly says: string
  /** What follows from it. */
  readonly means?: string | undefined
  /** What to do. */
  readonly remedy?: string | undefined
}

/** One thing that the doctor looks at. */
export interface Check<Subject> {
  readonly name: string
  run(subject: Subject): Promise<Finding | readonly Finding[]>
}

/** What was found, with the check that found it. */
export interface NamedFinding extends Finding {
  readonly check: string
}

export function ok(says: string): Finding {
  return { verdict: 'ok', says }
}

export function wrong(says: string, means: string, remedy: string): Finding {
  return { verdict: 'wrong', says, means, remedy }
}

export function unknown(says: string, remedy: string): Finding {
  return { verdict: 'unknown', says, remedy }
}

export function note(says: string, remedy?: string): Finding {
  return { verdict: 'note', says, remedy }
}
