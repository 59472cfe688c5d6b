import type { Family, Labels } from './family.js'

/** Families in Prometheus' text format, version 0.0.4. */
export function prometheusText(families: readonly Family[]): string {
  return families.map(textOf).join('')
}

function textOf(family: Family): string {
  const { name, help, type } = family
  const lines = family
    .samples()
    .map(({ suffix, labels, value }) => `${name}${suffix}${labelsText(labels)} ${numberText(value)}\n`)
  return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"')
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value)
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? '+Inf' : '-Inf'
}
