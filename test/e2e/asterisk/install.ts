import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Release } from './releases.js'

const run = promisify(execFile)

/** Installs Asterisk into the release's own root, unless it is there. Takes about 90 s; needs root for debootstrap. */
export async function install(release: Release): Promise<void> {
  if (existsSync(join(release.root, 'usr/sbin/asterisk'))) return
  if (process.getuid?.() !== 0) {
    throw new Error(
      'Installing Asterisk needs root (debootstrap, chroot). Run as root, or name servers of your own: ASTERISK_URLS=ami://user:secret@host:port,…',
    )
  }
  requireDebootstrap()
  const partial = `${release.root}.partial`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true })
  // A suite newer than the installed debootstrap has no script of its own; they are all the same one.
  const own = `/usr/share/debootstrap/scripts/${release.suite}`
  const script = existsSync(own) ? own : '/usr/share/debootstrap/scripts/sid'
  console.log(`Installing Asterisk ${release.version} (Debian ${release.suite}) into ${release.root} …`)
  await run('debootstrap', ['--variant=minbase', '--include=asterisk', release.suite, partial, debianMirror(), script], {
    maxBuffer: 1 << 26,
  })
  renameSync(partial, release.root)
}

function requireDebootstrap(): void {
  try {
    execFileSync('debootstrap', ['--version'], { stdio: 'ignore' })
  } catch {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'ignore' })
    execFileSync('apt-get', ['install', '-y', '-qq', 'debootstrap'], { stdio: 'ignore' })
  }
}

/** The mirror that this machine's own apt uses. */
function debianMirror(): string {
  const folder = '/etc/apt/sources.list.d'
  const files = ['debian.sources', ...(existsSync(folder) ? readdirSync(folder) : [])].map((name) => join(folder, name))
  for (const file of [...files, '/etc/apt/sources.list']) {
    if (!existsSync(file)) continue
    const found = /^URIs:\s*(\S*debian\S*)|^deb\s+(?:\[[^\]]*\]\s+)?(\S*debian\S*)/m.exec(readFileSync(file, 'utf8'))
    const mirror = found?.[1] ?? found?.[2]
    if (mirror !== undefined) return mirror
  }
  throw new Error('No Debian mirror found in /etc/apt; name servers of your own by ASTERISK_URLS=ami://user:secret@host:port,…')
}
