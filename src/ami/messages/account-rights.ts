/** The classes that an account may read events and send actions of, as manager.conf names them. */
export interface AccountRights {
  readonly read: ReadonlySet<string>
  readonly write: ReadonlySet<string>
}

/** What the console prints for `manager show user NAME` (verified on 16 and 22); undefined when it is none. */
export function accountRights(lines: readonly string[]): AccountRights | undefined {
  const [read, write] = ['read', 'write'].map((what) => classesAt(lines, `${what} perm:`))
  return read === undefined || write === undefined ? undefined : { read, write }
}

function classesAt(lines: readonly string[], label: string): ReadonlySet<string> | undefined {
  const line = lines.map((each) => each.trim()).find((each) => each.startsWith(label))
  // Who has none has `<none>`.
  if (line === undefined) return undefined
  const classes = line.slice(label.length).trim().split(',')
  return new Set(classes.filter((each) => /^\w+$/.test(each)))
}
