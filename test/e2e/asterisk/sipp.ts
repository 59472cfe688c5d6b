import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { RELEASES, type Release } from './releases.js'

const run = promisify(execFile)

/** Where SIPp lives: beside the newest Asterisk, so that the machine itself is left as it is. */
const root = (RELEASES.at(-1) as Release).root

/** Calls that a telephone network makes. */
export interface SIPCalls {
  /** The extension that is called. */
  readonly to: string
  readonly count: number
  readonly perSecond: number
  /** How long the caller stays once he is answered. */
  readonly talkMs: number
  /** When SIPp gives up; it never takes a refusal for an answer. @default 60 */
  readonly timeoutSeconds?: number
}

/** Installs SIPp from Debian's packages, unless it is there. */
export async function installSIPp(): Promise<void> {
  if (existsSync(join(root, 'usr/bin/sipp'))) return
  console.log(`Installing SIPp into ${root} …`)
  // A mirror may be a snapshot, whose Release file is past its date.
  const install = [
    'apt-get update -qq -o Acquire::Check-Valid-Until=false',
    'apt-get install -y -qq --no-install-recommends sip-tester',
  ].join(' && ')
  await run('chroot', [root, 'sh', '-c', install], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    maxBuffer: 1 << 26,
  })
}

/** Has SIPp call a server over SIP. Resolves with the exit code when the last caller has hung up: 0 when every call was answered. */
export async function callBySIP(release: Release, calls: SIPCalls): Promise<number> {
  const { to, count, perSecond, talkMs, timeoutSeconds = 60 } = calls
  const server = `127.0.0.1:${17_000 + release.version}`
  const pace = ['-m', String(count), '-r', String(perSecond), '-d', String(talkMs), '-timeout', `${timeoutSeconds}s`]
  const own = ['-sn', 'uac', '-s', to, '-i', '127.0.0.1', '-nostdin', '-nd', '-fd', '3600']
  try {
    await run('chroot', [root, 'sipp', server, ...own, ...pace], { maxBuffer: 1 << 26 })
    return 0
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (typeof code !== 'number') throw error
    return code
  }
}
