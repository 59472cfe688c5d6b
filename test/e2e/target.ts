import { AMIClient, type AMIClientOptions, type ConnectionStatus } from 'obelus-asterisk'
import { inject, onTestFinished } from 'vitest'
import type { TestServer } from './asterisk/global-setup.js'
import { RELEASES } from './asterisk/releases.js'
import { AsteriskServer } from './asterisk/server.js'

/** The servers that the tests run on. */
export const servers: readonly TestServer[] = inject('servers')

/** Why a test that restarts servers does not run on a server of the user's own. */
export const NOT_OURS = 'the server comes from ASTERISK_URLS: it is not ours to restart or configure'

/** A client that is closed when the test is over. */
export function client(server: TestServer, options: Partial<AMIClientOptions> = {}): AMIClient {
  const { host, port, username, secret } = server
  const ami = new AMIClient({ host, port, username, secret, ...options })
  onTestFinished(() => ami.close())
  return ami
}

export async function loggedIn(server: TestServer, options: Partial<AMIClientOptions> = {}): Promise<AMIClient> {
  const ami = client(server, options)
  await ami.login()
  return ami
}

/** The controls of a server that this project started. */
export function controls(server: TestServer): AsteriskServer {
  const release = RELEASES.find((each) => each.version === server.version)
  if (release === undefined) throw new Error(NOT_OURS)
  return new AsteriskServer(release)
}

export function releaseOf(server: TestServer): (typeof RELEASES)[number] {
  const release = RELEASES.find((each) => each.version === server.version)
  if (release === undefined) throw new Error(NOT_OURS)
  return release
}

/** Resolves at the next change to this state. */
export async function changeTo<State extends ConnectionStatus['state']>(
  ami: AMIClient,
  state: State,
): Promise<Extract<ConnectionStatus, { state: State }>> {
  for await (const status of ami.statusChanges()) {
    if (status.state === state) return status as Extract<ConnectionStatus, { state: State }>
  }
  throw new Error(`The client was closed before it was ${state}`)
}

/** The promise, with a rejection as its value: for one that is awaited only later. */
export function caught<T>(promise: Promise<T>): Promise<T | Error> {
  return promise.catch((error: Error) => error)
}
