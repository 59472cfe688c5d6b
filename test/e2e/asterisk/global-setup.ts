import type { TestProject } from 'vitest/node'
import { install } from './install.js'
import { RELEASES } from './releases.js'
import { AsteriskServer } from './server.js'

/** A server that the tests may use. */
export interface TestServer {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly username: string
  readonly secret: string
  /** Asterisk's major version, where this project installed it: the tests may then restart it. */
  readonly version: 16 | 22 | undefined
}

declare module 'vitest' {
  export interface ProvidedContext {
    servers: readonly TestServer[]
  }
}

/** Brings up Asterisk 16 and 22, or takes the servers that `ASTERISK_URLS` names; the returned function takes them down. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { servers, takeDown } = await bringUp()
  project.provide('servers', servers)
  return takeDown
}

/** The same, for a program that is no vitest. */
export async function bringUp(): Promise<{ servers: readonly TestServer[]; takeDown: () => Promise<void> }> {
  const urls = process.env.ASTERISK_URLS
  if (urls !== undefined && urls !== '') return { servers: urls.split(',').map(fromURL), takeDown: async () => undefined }
  const servers = RELEASES.map((release) => new AsteriskServer(release))
  await Promise.all(RELEASES.map(install))
  for (const server of servers) {
    // One that an interrupted run left behind is not ours to reuse: its state is unknown.
    await server.stop()
    await server.start()
  }
  const takeDown = async () => {
    for (const server of servers) await server.stop()
  }
  const account = { host: '127.0.0.1', username: 'admin', secret: 's3cret' }
  return { servers: RELEASES.map(({ version, port }) => ({ ...account, name: `Asterisk ${version}`, port, version })), takeDown }
}

function fromURL(text: string): TestServer {
  const url = new URL(text.trim())
  if (url.protocol !== 'ami:' || url.username === '')
    throw new Error(`ASTERISK_URLS takes ami://user:secret@host:port, not ${url.protocol}//…@${url.host}`)
  return {
    name: url.host,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 5038),
    username: decodeURIComponent(url.username),
    secret: decodeURIComponent(url.password),
    version: undefined,
  }
}
