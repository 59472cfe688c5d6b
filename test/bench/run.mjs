// Compares the library with raw sockets that do the same work, in one run: `npm run bench [part of a case's name …]`.
// BENCH_RECORDING=file serves another recording, BENCH_PASSES=n measures more often. `-- --peers` compares with other libraries instead.
import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { EVENTS_PER_CALL } from './calls.mjs'
import { comparePeers } from './compare-peers.mjs'
import { countEvents, readEvents } from './recording.mjs'

const PASSES = Number(process.env.BENCH_PASSES ?? 9)
const PASS_BYTES = 33_000_000
const WANTED = 'Newstate'
const PINGS = 20_000

const recording = readEvents()
const counts = countEvents(recording)
const times = Math.max(1, Math.round(PASS_BYTES / recording.length))
const stream = {
  times,
  bytes: times * recording.length,
  events: times * counts.all,
  wanted: WANTED,
  wantedEvents: times * counts.names[WANTED],
  hangups: times * counts.names.Hangup,
}
/** Calls that come and go in a pass. */
const churn = { calls: Math.round(50_000 / EVENTS_PER_CALL) }
/** Changes of members in a pass. */
const memberChanges = { changes: 100_000 }
const LIVE = { live: 50_000, churn: 100_000 }
const SESSIONS = { live: 1_000, gone: 100_000 }
/** As many calls with sound at once, for so long. */
const SOUND = { count: 100, seconds: 20 }
const only = process.argv.slice(2).filter((each) => each !== '--peers')
const peers = process.argv.includes('--peers')

const CASES = [
  { name: `${WANTED} only, three headers`, mine: 'one-name', bound: 'raw-names', allowed: 1.2, what: stream },
  { name: `${WANTED} only, numbers read`, mine: 'numbers-read', bound: 'numbers-left', allowed: 1.1, what: stream },
  { name: "every event's name", mine: 'every-name', bound: 'raw-lazy', allowed: 1.6, what: stream },
  { name: 'every event, three headers', mine: 'every-event', bound: 'raw-objects', allowed: 1, what: stream },
  { name: 'every event, all headers', mine: 'all-headers', bound: 'raw-objects', allowed: 1.25, what: stream },
  { name: 'every event through a CallManager', mine: 'calls', bound: 'every-event', allowed: 1.6, what: stream },
  {
    name: `an event of a call among ${LIVE.live} live ones, not 100`,
    mine: 'churn-50000',
    bound: 'churn-100',
    allowed: 1.3,
    what: churn,
  },
  { name: 'every event through a LiveModel', mine: 'live', bound: 'every-event', allowed: 1.6, what: stream },
  {
    name: 'an event of a member among 50000 live ones, not 100',
    mine: 'members-50000',
    bound: 'members-100',
    allowed: 1.3,
    what: memberChanges,
  },
  {
    name: `${PINGS} Pings, 100 in flight`,
    mine: 'pings',
    bound: 'raw-pings',
    allowed: 1.5,
    what: { count: PINGS, inFlight: 100 },
  },
  {
    name: `${PINGS} Pings, 100 in flight, from a cold start`,
    mine: 'pings',
    bound: 'raw-pings',
    allowed: 1.5,
    what: { count: PINGS, inFlight: 100 },
    cold: true,
  },
  {
    name: 'Pings one by one, p50',
    mine: 'round-trips',
    bound: 'raw-round-trips',
    allowed: 1.15,
    what: { count: 3000 },
    p50: true,
  },
  {
    name: 'NOOPs of an AGI session one by one, p50',
    mine: 'agi-noops',
    bound: 'raw-agi-noops',
    allowed: 1.5,
    what: { count: 5000 },
    p50: true,
  },
]

const server = fork(file('server.mjs'))
const [{ port }] = await once(server, 'message')
const rows = []
const began = performance.now()

console.log(
  `Recording: ${(recording.length / 1e6).toFixed(1)} MB, ${counts.all} events, served ${times} times a pass; ${PASSES} passes; ` +
    `Node ${process.versions.node}`,
)
if (peers) {
  printTable(await comparePeers(port, recording, { passes: PASSES, times, pings: PINGS }))
  server.disconnect()
  server.kill()
  process.exit()
}
const chosen = CASES.filter(({ name }) => isWanted(name))
if (isWanted('bytes')) {
  const [bytes] = await measure(['raw-bytes'], stream)
  console.log(`A socket that only counts bytes: ${spread(bytes, 'ms')}`)
}
// What shares a bound is measured round by round beside it, each in a process of its own.
for (const what of new Set(chosen.map((each) => each.what))) {
  const cases = chosen.filter((each) => each.what === what)
  const names = [...new Set(cases.flatMap(({ mine, bound }) => [bound, mine]))]
  const measured = cases[0].cold ? await measureCold(names, what) : await measure(names, what, cases[0].p50)
  for (const { name, mine, bound, allowed, p50 } of cases) {
    const ours = measured[names.indexOf(mine)]
    const theirs = measured[names.indexOf(bound)]
    const unit = p50 ? 'µs' : 'ms'
    const ratio = median(ours) / median(theirs)
    const ratios = ours.map((value, pass) => value / theirs[pass])
    rows.push({
      case: name,
      library: spread(ours, unit),
      bound: `${spread(theirs, unit)}`,
      ratio: `${ratio.toFixed(2)} [${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}]`,
      allowed: allowed === 1 ? '< 1' : `≤ ${allowed}`,
      '': verdict(allowed === 1 ? ratio < 1 : ratio <= allowed),
    })
  }
}
for (const by of ['get', 'headers']) {
  if (!isWanted(`memory kept ${by}`)) continue
  const kept = await once1('kept', { count: 100_000, by, all: counts.all, withChannel: counts.withChannel })
  rows.push(plain(`memory: a Channel kept by ${by}, each`, `${kept.toFixed(0)} B`, '< 200 B', kept < 200))
}
if (isWanted('memory flat')) {
  const grown = await once1('memory', { from: 1e6, to: 1e7, all: counts.all })
  rows.push(plain('memory: from 1 to 10 million events', `${(grown / 1e6).toFixed(2)} MB`, '< 5 MB', grown < 5e6))
}
if (isWanted('memory output')) {
  const held = await once1('command-output', { bytes: 40_000_000, steps: 4 })
  rows.push(plain("memory: a command's output, each byte", `${held.toFixed(2)} B`, '< 1.6 B', held < 1.6))
}
if (isWanted('memory calls')) {
  const { perCall, grown } = await once1('live-calls', LIVE)
  rows.push(
    plain(`memory: each of ${LIVE.live} bridged calls of 4 channels`, `${perCall.toFixed(0)} B`, '≤ 4 KB', perCall <= 4096),
  )
  rows.push(plain(`memory: after ${LIVE.churn} more calls ended`, `${(grown / 1e6).toFixed(2)} MB`, '< 1 MB', grown < 1e6))
}
if (isWanted('memory live')) {
  const grown = await once1('live-memory', { changes: 500_000 })
  rows.push(plain('memory: 500000 changes of 50 × 300 members, unread', `${(grown / 1e6).toFixed(2)} MB`, '< 5 MB', grown < 5e6))
}
if (isWanted('memory agi')) {
  const { perSession, grown } = await once1('agi-sessions', SESSIONS)
  rows.push(
    plain(
      `memory: each of ${SESSIONS.live} FastAGI sessions`,
      `${(perSession / 1000).toFixed(1)} KB`,
      '≤ 30 KB',
      perSession <= 30_000,
    ),
  )
  rows.push(plain(`memory: after ${SESSIONS.gone} more sessions ended`, `${(grown / 1e6).toFixed(2)} MB`, '< 1 MB', grown < 1e6))
}
if (isWanted('bridges of calls')) {
  const [large, small] = await once1('bridges', { sizes: [500, 5] })
  for (const what of ['join', 'leave']) {
    const ratio = large[what] / small[what]
    rows.push({
      case: `calls: a channel ${what === 'join' ? 'joins' : 'leaves'} a bridge, each event`,
      library: `of 500: ${large[what].toFixed(0)} µs`,
      bound: `of 5: ${small[what].toFixed(0)} µs`,
      ratio: ratio.toFixed(2),
      allowed: '≤ 2',
      '': verdict(ratio <= 2),
    })
  }
}
if (isWanted('sound media')) {
  const { frames, onTime, p999, perConnection, core } = await once1('sound', SOUND)
  const what = `sound: ${SOUND.count} connections, both ways`
  rows.push(plain(`${what}, of ${frames} frames within 5 ms`, `${(onTime * 100).toFixed(2)} %`, '≥ 99.9 %', onTime >= 0.999))
  rows.push(plain(`${what}, 99.9 % of frames are late by`, `${p999.toFixed(1)} ms`, '≤ 5 ms', p999 <= 5))
  rows.push(plain(`${what}, of one core`, `${(core * 100).toFixed(0)} %`, '< 100 %', core < 1))
  rows.push(
    plain('memory: each connection of sound', `${(perConnection / 1000).toFixed(1)} KB`, '≤ 100 KB', perConnection <= 100_000),
  )
}
if (isWanted('start of obelus')) {
  // Wall time: what a person waits for.
  const starts = { bound: [], help: [], doctor: [] }
  const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
  const run = (args) => {
    const from = performance.now()
    execFileSync(process.execPath, args, { stdio: 'ignore' })
    return performance.now() - from
  }
  for (let pass = 0; pass < PASSES; pass += 1) {
    starts.bound.push(run(['-e', '0']))
    starts.help.push(run([main, '--help']))
    starts.doctor.push(run([main, 'doctor', '--help']))
  }
  for (const name of ['help', 'doctor']) {
    const ratio = median(starts[name]) / median(starts.bound)
    rows.push({
      case: `start of obelus: ${name === 'help' ? '--help' : 'doctor --help'}, not of node -e 0`,
      library: spread(starts[name], 'ms'),
      bound: spread(starts.bound, 'ms'),
      ratio: ratio.toFixed(2),
      allowed: '≤ 3',
      '': verdict(ratio <= 3),
    })
  }
}
if (isWanted('worst inputs')) {
  for (const { reader, input, small, large, ratio } of await once1('worst-inputs', {})) {
    rows.push({
      case: `worst input: ${reader}, ${input}`,
      library: `100 KB: ${large.toFixed(2)} ms`,
      bound: `10 KB: ${small.toFixed(3)} ms`,
      ratio: ratio.toFixed(1),
      allowed: '< 15',
      '': verdict(ratio < 15),
    })
  }
}
printTable(rows)
console.log(`CPU time (user and system) of the client's process, p50 in wall time: median [min–max]. ${seconds()} s in all.`)
server.disconnect()
server.kill()

/** One process for each name; a pass to warm up, then all of them in turn. Gives the figures of each name. */
async function measure(names, what, result = false) {
  const processes = []
  for (const name of names) processes.push(await start(name))
  const figures = names.map(() => [])
  for (let pass = -2; pass < PASSES; pass += 1) {
    for (const [index, contender] of processes.entries()) {
      const answer = await ask(contender, what)
      if (pass >= 0) figures[index].push(result ? answer.result : answer.cpuMs)
    }
  }
  for (const contender of processes) contender.disconnect()
  return figures
}

/** The same with a new process for each pass, and no pass to warm up. */
async function measureCold(names, what) {
  const figures = names.map(() => [])
  for (let pass = 0; pass < PASSES; pass += 1) {
    for (const [index, name] of names.entries()) {
      const contender = await start(name)
      figures[index].push((await ask(contender, what)).cpuMs)
      contender.disconnect()
    }
  }
  return figures
}

async function once1(name, what) {
  const contender = await start(name)
  const { result } = await ask(contender, what)
  contender.disconnect()
  return result
}

async function start(name) {
  const contender = fork(file('contender.mjs'), [name, String(port)], { execArgv: ['--expose-gc'] })
  contender.once('exit', (code) => {
    if (code) process.exit(code)
  })
  await once(contender, 'message')
  return contender
}

async function ask(contender, what) {
  contender.send(what)
  const [answer] = await once(contender, 'message')
  return answer
}

function plain(name, value, allowed, ok) {
  return { case: name, library: value, bound: '', ratio: '', allowed, '': verdict(ok) }
}

function verdict(ok) {
  return ok ? 'ok' : 'OVER'
}

function spread(values, unit) {
  return `${median(values).toFixed(0)} ${unit} [${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)}]`
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}

function printTable(table) {
  if (table.length === 0) return
  const columns = Object.keys(table[0])
  const widths = columns.map((column) => Math.max(column.length, ...table.map((row) => row[column].length)))
  const line = (cells) =>
    console.log(
      cells
        .map((cell, index) => cell.padEnd(widths[index]))
        .join('  ')
        .trimEnd(),
    )
  line(columns)
  line(widths.map((width) => '-'.repeat(width)))
  for (const row of table) line(columns.map((column) => row[column]))
}

function isWanted(name) {
  return only.length === 0 || only.some((part) => name.toLowerCase().includes(part.toLowerCase()))
}

function seconds() {
  return ((performance.now() - began) / 1000).toFixed(0)
}

function file(name) {
  return fileURLToPath(new URL(name, import.meta.url))
}
