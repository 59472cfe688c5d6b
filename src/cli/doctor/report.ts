import { columns, type Output, type Style } from '../output.js'
import type { NamedFinding, Verdict } from './finding.js'

const MARKS: Readonly<Record<Verdict, { readonly text: string; readonly style: Style }>> = {
  wrong: { text: 'WRONG', style: 'red' },
  unknown: { text: '?', style: 'yellow' },
  note: { text: 'note', style: 'cyan' },
  ok: { text: 'ok', style: 'green' },
}
/** What is wrong comes first. */
const ORDER: readonly Verdict[] = ['wrong', 'unknown', 'ok', 'note']

/** For a person: what is wrong first, with what it means and what to do. */
export function printReport(server: string, findings: readonly NamedFinding[], output: Output): void {
  output.print(`${output.styled('bold', server)}: ${summary(findings)}`)
  for (const verdict of ORDER) {
    const those = findings.filter((finding) => finding.verdict === verdict)
    if (those.length === 0) continue
    output.print()
    const { text, style } = MARKS[verdict]
    const lines = columns(those.map(({ check, says }) => [text.padEnd(5), check, says]))
    for (const [at, { means, remedy }] of those.entries()) {
      output.print((lines[at] ?? '').replace(text, output.styled(style, text)))
      if (means !== undefined) output.print(`       ${means}`)
      if (remedy !== undefined) output.print(`       ${output.styled('bold', 'Do:')} ${remedy}`)
    }
  }
}

function summary(findings: readonly NamedFinding[]): string {
  const many = (verdict: Verdict) => findings.filter((finding) => finding.verdict === verdict).length
  const [wrong, unknown] = [many('wrong'), many('unknown')]
  if (wrong > 0) return `${wrong === 1 ? 'one thing is' : `${wrong} things are`} wrong`
  if (unknown > 0)
    return `nothing is wrong as far as can be seen; ${unknown === 1 ? 'one thing' : `${unknown} things`} cannot be told`
  return 'all is well'
}
