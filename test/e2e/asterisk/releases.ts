import { homedir } from 'node:os'
import { join } from 'node:path'

/** A real Asterisk from Debian's packages. */
export interface Release {
  /** Asterisk's major version. */
  readonly version: 16 | 22
  /** The Debian release that has it. */
  readonly suite: string
  readonly port: number
  readonly tlsPort: number
  readonly root: string
}

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'obelus-asterisk')

export const RELEASES: readonly Release[] = [
  { version: 16, suite: 'bullseye', port: 15_016, tlsPort: 16_016, root: join(cache, 'asterisk-16') },
  { version: 22, suite: 'forky', port: 15_022, tlsPort: 16_022, root: join(cache, 'asterisk-22') },
]
