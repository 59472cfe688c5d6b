import type { AsteriskServer } from '../asterisk/server.js'
import { bringUp, PBXS } from './pbx.js'

/** Brings up both PBXs; the returned function takes them down. */
export default async function setup(): Promise<() => Promise<void>> {
  if (process.env.ASTERISK_URLS) console.log('ASTERISK_URLS is not used here: the telephone laboratory needs PBXs of its own.')
  const servers: AsteriskServer[] = []
  for (const pbx of PBXS) servers.push(await bringUp(pbx))
  return async () => {
    for (const server of servers) await server.stop()
  }
}
