/** Names that the documentation numbers by example, as in `Action-000000`, `UnitAmount(0)` and `ReportXSourceSSRC`. */
const NUMBERED = /^(.*-)000000()$|^(.*\()0(\))$|^(Report)X(.+)$/

/** What stands before and after the number, in a name that is numbered. */
export function numberedName(name: string): { readonly before: string; readonly after: string } | undefined {
  const parts = NUMBERED.exec(name)
    ?.slice(1)
    .filter((part) => part !== undefined)
  return parts === undefined ? undefined : { before: parts[0] ?? '', after: parts[1] ?? '' }
}

/** Whether a field of the catalog is the one of this name. */
export function isNamed(field: { readonly name: string }, name: string): boolean {
  const numbered = numberedName(field.name)
  if (numbered === undefined) return field.name === name
  const { before, after } = numbered
  return name.startsWith(before) && name.endsWith(after) && /^\d+$/.test(name.slice(before.length, name.length - after.length))
}
