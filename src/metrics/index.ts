/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Connections, calls, queues and scripts as numbers for Prometheus.
 *
 * @module
 */

export type { AGISource } from './agi-families.js'
export type { Metrics, MetricsOptions, MetricsSources } from './metrics.js'
export { collectMetrics } from './metrics.js'
export type { PromClientRegistry } from './prom-client.js'
