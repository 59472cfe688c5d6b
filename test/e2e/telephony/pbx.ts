import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { install } from '../asterisk/install.js'
import { RELEASES, type Release } from '../asterisk/releases.js'
import { AsteriskServer } from '../asterisk/server.js'
import { installPackage } from '../asterisk/tools.js'

const run = promisify(execFile)
const conf = fileURLToPath(new URL('./conf', import.meta.url))

/** How many offices one PBX has; each runs a scenario of its own at a time. */
export const OFFICES = 8

/** An Asterisk with telephones. */
export interface PBX extends Release {
  readonly name: string
  readonly sipPort: number
  /** Where the outside is reached: `127.0.1.N`, N being the office. */
  readonly trunkPort: number
}

/** The same releases as in the other tests, in roots and on ports of their own. */
export const PBXS: readonly PBX[] = RELEASES.map((release) => ({
  ...release,
  name: `Asterisk ${release.version}`,
  port: 15_100 + release.version,
  sipPort: 17_100 + release.version,
  trunkPort: 17_200 + release.version,
  root: `${release.root}-telephony`,
}))

/** Installs what is missing, and starts a fresh PBX: no registrations, no recordings, no messages of earlier runs. */
export async function bringUp(pbx: PBX): Promise<AsteriskServer> {
  await installRoot(pbx)
  const server = controlsOf(pbx)
  await server.stop()
  for (const file of WRITTEN_BEFORE) rmSync(join(pbx.root, file), { recursive: true, force: true })
  for (const folder of ['cdr-custom', 'cel-custom']) mkdirSync(join(pbx.root, 'var/log/asterisk', folder), { recursive: true })
  await server.start()
  return server
}

export function controlsOf(pbx: PBX): AsteriskServer {
  return new AsteriskServer(pbx, () => configure(pbx))
}

const WRITTEN_BEFORE = [
  'var/lib/asterisk/astdb.sqlite3',
  'var/spool/asterisk/voicemail',
  'var/spool/asterisk/monitor',
  'var/log/asterisk/cdr-custom',
  'var/log/asterisk/cel-custom',
]

/** A root beside the other tests' one, whose programs it shares by hard links. */
async function installRoot(pbx: PBX): Promise<void> {
  if (existsSync(join(pbx.root, 'usr/sbin/asterisk'))) return
  const origin = RELEASES.find(({ version }) => version === pbx.version) as Release
  await install(origin)
  const partial = `${pbx.root}.partial`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true })
  for (const entry of readdirSync(origin.root)) {
    if (entry === 'proc' || entry === 'run') continue
    // What is written in place later must not be shared.
    const how = entry === 'usr' ? '-alx' : '-ax'
    await run('cp', [how, join(origin.root, entry), partial])
  }
  mkdirSync(join(partial, 'proc'))
  mkdirSync(join(partial, 'run'))
  // Debian 11 has it in a package of its own.
  if (pbx.suite === 'bullseye') await installPackage(partial, 'usr/lib/asterisk/modules/app_voicemail.so', 'asterisk-voicemail')
  renameSync(partial, pbx.root)
}

function configure(pbx: PBX): void {
  const { version, port, sipPort, trunkPort, root } = pbx
  const rtpStart = 24_000 + (version - 16) * 400
  const values: Record<string, number> = {
    PORT: port,
    SIPPORT: sipPort,
    TRUNKPORT: trunkPort,
    RTPSTART: rtpStart,
    RTPEND: rtpStart + 1_999,
  }
  // Without its own name there, Asterisk waits seconds for an answer from DNS before some calls.
  writeFileSync(join(root, 'etc/hosts'), `127.0.0.1 localhost ${hostname()}\n`)
  for (const name of readdirSync(conf))
    writeFileSync(join(root, 'etc/asterisk', name), written(readFileSync(join(conf, name), 'utf8'), values))
}

/** A file of `conf` with what stands between `;; for each office` and `;; end` written for each, and with each `@NAME@` replaced. */
function written(text: string, values: Readonly<Record<string, number>>): string {
  const repeated = text.replace(/^;; for each office\n([\s\S]*?)^;; end\n/gm, (_, block: string) =>
    Array.from({ length: OFFICES }, (__, index) => block.replaceAll('@OFFICE@', String(index + 1))).join(''),
  )
  return repeated.replace(/@(\w+)@/g, (_, key: string) => String(values[key]))
}
