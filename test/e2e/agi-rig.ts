import { type AGIScript, type AGISession, type AMIClient, AsyncAGIExecutor, FastAGIServer } from 'obelus-asterisk'
import { onTestFinished } from 'vitest'
import type { TestServer } from './asterisk/global-setup.js'
import { loggedIn } from './target.js'

export const TRANSPORTS = ['FastAGI', 'AsyncAGI'] as const
export type Transport = (typeof TRANSPORTS)[number]

/** A script, served over both transports; where Asterisk finds it. */
export async function serve(server: TestServer, script: AGIScript) {
  const ami = await loggedIn(server)
  const errors: unknown[] = []
  const fast = new FastAGIServer({ port: 0 }).routeDefault(script)
  fast.on('error', (error) => errors.push(error))
  const { port } = await fast.listen()
  const async = new AsyncAGIExecutor(ami, script, { adopt: false })
  async.on('error', (error) => errors.push(error))
  onTestFinished(async () => {
    async.unbind()
    await fast.close({ withinMs: 1_000 })
  })
  const url = (transport: Transport) => (transport === 'FastAGI' ? `agi://127.0.0.1:${port}/script` : 'agi:async')
  return { ami, fast, async, errors, url }
}

/** Has a call answered by a script; its caller's side echoes. */
export function call(ami: AMIClient, url: string, args: readonly string[] = []) {
  const data = [url, ...args].join(',')
  return ami.sendAction('Originate', { Channel: 'Local/caller@agi/n', Application: 'AGI', Data: data, Async: true })
}

/** Has the dialplan send a call to a script. Gives what AGISTATUS is afterwards, when it is told. */
export async function run(
  ami: AMIClient,
  url: string,
  exten = 'run',
  variables: Readonly<Record<string, string>> = {},
): Promise<string> {
  marks += 1
  const mark = `mark ${marks}`
  const told = ami.waitFor('UserEvent', {
    where: (event) => event.get('UserEvent') === 'AGIStatus' && event.get('Mark') === mark,
  })
  const place = { Channel: 'Local/caller@agi/n', Context: 'agi', Exten: exten, Priority: 1, Async: true }
  await ami.sendAction('Originate', place, { variables: { URL: url, MARK: mark, ...variables } })
  return (await told).get('Status') ?? ''
}
let marks = 0

/** The other half of a session's Local channel. */
export const callersSide = (agi: AGISession) => agi.env.channel.replace(/;1$/, ';2')
