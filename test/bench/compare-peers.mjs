// Other libraries beside this one, on the same recording and the same Pings: `npm run bench -- --peers`. They are taken from the package registry into
// the cache, and measured as they are.
import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Each with the version that is compared. */
const PACKAGES = { 'asterisk-ami': '0.1.0', ami: '1.0.0', yana: '0.3.0', 'asterisk-manager': '0.2.0' }
const HEADERS = ['Channel', 'Uniqueid', 'Linkedid', 'AppData', 'CallerIDName', 'Variable', 'Value']
const TOO_LONG_MS = 60_000

/** Rows of a table: CPU time of this library, of each other one as a ratio to it, and how much of what came each read right. */
export async function comparePeers(port, recording, { passes, times, pings }) {
  const modules = install()
  const names = ['obelus-asterisk', ...Object.keys(PACKAGES)]
  const truth = truthOf(recording)
  const rows = []
  for (const [what, pass, load] of [
    ['every event, 7 headers', 'events', { times, truth }],
    [`${pings} Pings, 100 in flight`, 'pings', { count: pings, inFlight: 100 }],
  ]) {
    const processes = names.map((name) => fork(file('peers.mjs'), [name, String(port), modules], { execArgv: [] }))
    await Promise.all(processes.map((each) => once(each, 'message')))
    const results = names.map(() => [])
    // One after the other in each pass, so that what else the machine does falls on all.
    for (let at = 0; at < passes; at += 1) {
      for (const [index, each] of processes.entries()) {
        if (!each.connected) continue
        each.send({ pass, what: load })
        const result = await Promise.race([once(each, 'message').then(([answer]) => answer), after(TOO_LONG_MS)])
        if (result === undefined) each.disconnect()
        else results[index].push(result)
      }
    }
    for (const each of processes) if (each.connected) each.disconnect()
    const own = median(results[0].map(({ ms }) => ms))
    for (const [index, name] of names.entries()) {
      const [first] = results[index]
      const ms = first && median(results[index].map((each) => each.ms))
      rows.push({
        case: `${what}: ${name}${PACKAGES[name] ? ` ${PACKAGES[name]}` : ''}`,
        CPU: first ? `${ms.toFixed(0)} ms` : `no end in ${TOO_LONG_MS / 1000} s`,
        ratio: first ? (ms / own).toFixed(2) : '',
        right: first ? `${first.right} of ${first.all}` : '',
      })
    }
  }
  return rows
}

function install() {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'obelus-asterisk', 'peers')
  const modules = join(folder, 'node_modules')
  if (existsSync(modules)) return modules
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const packages = Object.entries(PACKAGES).map(([name, version]) => `${name}@${version}`)
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--silent', ...packages], { cwd: folder, stdio: 'inherit' })
  return modules
}

/** Of each event of the recording the values of the headers, as the bytes say. */
function truthOf(recording) {
  return recording
    .toString()
    .split('\r\n\r\n')
    .filter((message) => message.startsWith('Event: '))
    .map((message) => {
      const lines = message.split('\r\n')
      return HEADERS.map((header) => lines.find((line) => line.startsWith(`${header}: `))?.slice(header.length + 2) ?? '').join(
        '\u0001',
      )
    })
}

function after(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined).unref())
}

function file(name) {
  return fileURLToPath(new URL(name, import.meta.url))
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]
}
