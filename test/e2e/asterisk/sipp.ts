import type { Release } from './releases.js'
import { installTool, runTool } from './tools.js'

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

export const installSIPp = (): Promise<void> => installTool('sipp', 'sip-tester')

/** Has SIPp call a server over SIP. Resolves with the exit code when the last caller has hung up: 0 when every call was answered. */
export async function callBySIP(release: Release, calls: SIPCalls): Promise<number> {
  const { to, count, perSecond, talkMs, timeoutSeconds = 60 } = calls
  const server = `127.0.0.1:${17_000 + release.version}`
  const pace = ['-m', String(count), '-r', String(perSecond), '-d', String(talkMs), '-timeout', `${timeoutSeconds}s`]
  const own = ['-sn', 'uac', '-s', to, '-i', '127.0.0.1', '-nostdin', '-nd', '-fd', '3600']
  try {
    await runTool('sipp', [server, ...own, ...pace])
    return 0
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (typeof code !== 'number') throw error
    return code
  }
}
