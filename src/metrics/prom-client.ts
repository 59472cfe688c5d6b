import type { Family } from './family.js'

/** As much of the package prom-client's `Registry` (15) as is needed. */
export interface PromClientRegistry {
  registerMetric(metric: never): void
  removeSingleMetric(name: string): void
}

/** Puts families into a registry of prom-client, which asks them for their values when it is read. Gives what takes them out again. */
export function registerAt(registry: PromClientRegistry, families: readonly Family[]): () => void {
  for (const family of families) registry.registerMetric(metricOf(family) as never)
  return () => {
    for (const { name } of families) registry.removeSingleMetric(name)
  }
}

function metricOf(family: Family): object {
  const { name, help, type } = family
  const get = async () => ({
    name,
    help,
    type,
    aggregator: 'sum',
    values: family
      .samples()
      .map(({ suffix, labels, value }) => ({ value, labels, ...(suffix !== '' && { metricName: name + suffix }) })),
  })
  return { name, help, type, aggregator: 'sum', get, reset: () => undefined }
}
