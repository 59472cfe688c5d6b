import { createRequire } from 'node:module'
import { AMIClient, AsyncAGIExecutor, CallManager, unlisted } from 'obelus-asterisk'
import { LiveModel } from 'obelus-asterisk/live'
import { collectMetrics, type Metrics } from 'obelus-asterisk/metrics'
import { action, FakeAsterisk, type FakeAsteriskOptions, failure, success } from 'obelus-asterisk/testing'
import { Registry } from 'prom-client'
import { describe, expect, it, onTestFinished } from 'vitest'

interface Parsed {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly metrics: readonly {
    readonly value?: string
    readonly labels?: Readonly<Record<string, string>>
  }[]
}

/** It comes without types. */
const parse = createRequire(import.meta.url)('parse-prometheus-text-format') as (text: string) => Parsed[]

/** What Prometheus would read. */
function families(metrics: Metrics): Map<string, Parsed> {
  const parsed = parse(metrics.toPrometheus())
  return new Map(parsed.map((family) => [family.name, family]))
}

/** The value with these labels. */
function value(metrics: Metrics, name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text.replaceAll('"', '\\"')}"`)
  const start = pairs.length === 0 ? `${name} ` : `${name}{${pairs.join(',')}} `
  const line = metrics
    .toPrometheus()
    .split('\n')
    .find((each) => each.startsWith(start))
  return line === undefined ? undefined : Number(line.slice(start.length))
}

async function office(options: FakeAsteriskOptions = {}) {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' }, ...options })
  const ami = new AMIClient({
    username: 'admin',
    secret: 's3cret',
    connect: pbx.connector,
    reconnect: { initialDelayMs: 1, maxDelayMs: 1 },
  })
  onTestFinished(async () => {
    await ami.close()
    await pbx.close()
  })
  await ami.login()
  return { pbx, ami }
}

describe('metrics', () => {
  it('tell of the connection, its actions and its events', async () => {
    const { pbx, ami } = await office()
    using metrics = collectMetrics({ ami })
    await ami.sendAction('Ping')
    await ami.sendAction('Ping')
    pbx.use(action('Hangup', () => failure('No such channel')))
    await ami.sendAction('Hangup', { Channel: 'PJSIP/nobody-00000001' }).catch(() => undefined)
    pbx.emit('PeerStatus', { ChannelType: 'PJSIP', Peer: 'PJSIP/100', PeerStatus: 'Reachable' })
    await ami.sendAction('Ping')
    expect(value(metrics, 'obelus_ami_up')).toBe(1)
    expect(value(metrics, 'obelus_ami_actions_in_flight')).toBe(0)
    expect(value(metrics, 'obelus_ami_events_total', { event: 'PeerStatus' })).toBe(1)
    expect(value(metrics, 'obelus_ami_action_seconds_count', { action: 'Ping', outcome: 'success' })).toBe(3)
    expect(value(metrics, 'obelus_ami_action_seconds_count', { action: 'Hangup', outcome: 'refused' })).toBe(1)
    const lost = ami.waitFor('FullyBooted')
    pbx.disconnectAll()
    await lost
    await ami.sendAction('Ping')
    expect(value(metrics, 'obelus_ami_reconnects_total')).toBe(1)
    expect(value(metrics, 'obelus_ami_gaps_total', { reason: 'disconnect' })).toBe(1)
    await ami.close()
    expect(value(metrics, 'obelus_ami_up')).toBe(0)
  })

  it('count actions that are under way', async () => {
    const { pbx, ami } = await office()
    using metrics = collectMetrics({ ami })
    let answer: () => void = () => undefined
    pbx.use(
      action('Ping', async () => {
        await new Promise<void>((resolve) => {
          answer = resolve
        })
        return success({ Ping: 'Pong' })
      }),
    )
    const sent = ami.sendAction('Ping')
    await pbx.waitForAction('Ping')
    expect(value(metrics, 'obelus_ami_actions_in_flight')).toBe(1)
    answer()
    await sent
    expect(value(metrics, 'obelus_ami_actions_in_flight')).toBe(0)
  })

  it('tell of calls by direction and outcome', async () => {
    const { pbx, ami } = await office()
    pbx.dialplan({ 200: { answer: { afterMs: 5, talkMs: 20 } }, 201: 'busy' })
    using calls = new CallManager(ami)
    using metrics = collectMetrics({ calls })
    await calls.ready()
    const talked = calls.originate({ channel: 'PJSIP/200', application: 'Echo' })
    await talked.ended()
    const busy = calls.originate({ channel: 'PJSIP/201', application: 'Echo' })
    await busy.ended()
    await Promise.resolve()
    const counted = families(metrics).get('obelus_calls_total')?.metrics ?? []
    expect(counted.reduce((sum, each) => sum + Number(each.value), 0)).toBe(2)
    expect(counted).toContainEqual({ labels: { direction: busy.direction, outcome: 'busy' }, value: '1' })
    expect(value(metrics, 'obelus_calls_active', { direction: busy.direction })).toBe(0)
  })

  it('tell of queues and their members as the model has them', async () => {
    const { pbx, ami } = await office()
    pbx.queue('support "1"', { members: { Ann: 'PJSIP/101', Bob: 'PJSIP/102' } })
    using live = new LiveModel(ami)
    await live.ready()
    using metrics = collectMetrics({ live })
    const queue = 'support "1"'
    expect(value(metrics, 'obelus_live_complete')).toBe(1)
    expect(value(metrics, 'obelus_queue_waiting', { queue })).toBe(0)
    expect(value(metrics, 'obelus_queue_longest_wait_seconds', { queue })).toBe(0)
    expect(value(metrics, 'obelus_queue_members', { queue, state: 'available' })).toBe(2)
    await live.queues.get(queue)?.members.get('PJSIP/101')?.pause('lunch')
    await expect.poll(() => value(metrics, 'obelus_queue_members', { queue, state: 'paused' })).toBe(1)
    for (const name of ['completed_total', 'abandoned_total', 'service_level_ratio'])
      expect(value(metrics, `obelus_queue_${name}`, { queue })).toBe(0)
  })

  it('tell of scripts', async () => {
    const { pbx, ami } = await office()
    pbx.dialplan({ 300: { agi: 'agi:async' } })
    let began: () => void = () => undefined
    const running = new Promise<void>((resolve) => {
      began = resolve
    })
    let go: () => void = () => undefined
    const executor = new AsyncAGIExecutor(ami, async () => {
      began()
      await new Promise<void>((resolve) => {
        go = resolve
      })
      throw new Error('oh')
    })
    executor.on('error', () => undefined)
    const ended = new Promise<void>((resolve) => executor.on('ended', () => resolve()))
    using metrics = collectMetrics({ agi: executor })
    const call = ami.sendAction('Originate', { Channel: 'Local/300@default', Application: 'Wait', Data: '5', Async: true })
    await call
    await running
    expect(value(metrics, 'obelus_agi_sessions')).toBe(1)
    go()
    await ended
    expect(value(metrics, 'obelus_agi_sessions')).toBe(0)
    expect(value(metrics, 'obelus_agi_session_seconds_count')).toBe(1)
    expect(value(metrics, 'obelus_agi_errors_total')).toBe(1)
    executor.unbind()
  })

  it('keep a bounded number of names, whatever the server sends', async () => {
    const { pbx, ami } = await office()
    using metrics = collectMetrics({ ami }, { maxEventNames: 3 })
    for (let number = 0; number < 50; number += 1) pbx.emit(unlisted(`Vendor${number}`), {})
    await ami.sendAction('Ping')
    const counted = families(metrics).get('obelus_ami_events_total')?.metrics ?? []
    expect(counted.map(({ labels }) => labels?.event)).toEqual(['Vendor0', 'Vendor1', 'Vendor2', 'other'])
    expect(value(metrics, 'obelus_ami_events_total', { event: 'other' })).toBe(47)
  })

  it('count no events where that is not wanted', async () => {
    const { pbx, ami } = await office()
    using metrics = collectMetrics({ ami }, { maxEventNames: 0 })
    pbx.emit('PeerStatus', { Peer: 'PJSIP/100' })
    await ami.sendAction('Ping')
    expect(families(metrics).has('obelus_ami_events_total')).toBe(false)
  })

  it('are among those of a registry of prom-client, as the same text', async () => {
    const { ami } = await office()
    const register = new Registry()
    const metrics = collectMetrics({ ami }, { register })
    await ami.sendAction('Ping')
    const linesOf = (text: string) =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .sort()
    const own = metrics.toPrometheus()
    expect(linesOf(await register.metrics())).toEqual(linesOf(own))
    metrics.close()
    expect((await register.metrics()).trim()).toBe('')
  })

  it('count no more when they are closed, and can be read still', async () => {
    const { pbx, ami } = await office()
    const metrics = collectMetrics({ ami })
    pbx.emit('PeerStatus', { Peer: 'PJSIP/100' })
    await ami.sendAction('Ping')
    metrics.close()
    metrics.close()
    pbx.emit('PeerStatus', { Peer: 'PJSIP/100' })
    await ami.sendAction('Ping')
    expect(value(metrics, 'obelus_ami_events_total', { event: 'PeerStatus' })).toBe(1)
  })

  it('say what is wrong with an option', () => {
    expect(() => collectMetrics({}, { register: {} as never })).toThrow('register must be a Registry of prom-client, not ')
    expect(() => collectMetrics({}, { maxEventNames: -1 })).toThrow('maxEventNames')
    expect(() => collectMetrics({}, { names: 1 } as never)).toThrow('"names"')
  })

  it('give times in buckets that hold all the shorter ones', async () => {
    const { ami } = await office()
    using metrics = collectMetrics({ ami })
    await ami.sendAction('Ping')
    const lines = metrics
      .toPrometheus()
      .split('\n')
      .filter((line) => line.startsWith('obelus_ami_action_seconds_bucket'))
    const bounds = lines.map((line) => Number(/le="([^"]+)"/.exec(line)?.[1]?.replace('+Inf', 'Infinity')))
    const counts = lines.map((line) => Number(line.slice(line.lastIndexOf(' '))))
    expect(bounds).toEqual([...bounds].sort((a, b) => a - b))
    expect(counts).toEqual([...counts].sort((a, b) => a - b))
    expect(counts.at(-1)).toBe(1)
  })

  it('have nothing to say of nothing', () => {
    expect(collectMetrics({}).toPrometheus()).toBe('')
  })
})
