import { type ParseArgsConfig, parseArgs } from 'node:util'
import { AMIClient, AMIError } from 'obelus-asterisk'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { trouble } from './terminal.js'

type Options = NonNullable<ParseArgsConfig['options']>

/** The options that every example has. */
export const CONNECTION = {
  url: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  username: { type: 'string', default: 'admin' },
  secret: { type: 'string', default: '' },
  tls: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies Options

export const CONNECTION_USAGE = [
  '[--url amis://NAME:SECRET@HOST:PORT]   your server; without it, an embedded fake. The same may be in AMI_URL, or in parts:',
  '[--host HOST --username NAME --secret SECRET [--port 5038] [--tls]]',
]

/** The example's own options, and those of the connection; `--help` prints `usage` and ends. */
export function readOptions<const Own extends Options>(usage: readonly string[], own: Own) {
  const options = { ...CONNECTION, ...own }
  const { values, positionals } = parseArgs<{ options: typeof CONNECTION & Own; allowPositionals: true }>({
    options,
    allowPositionals: true,
  })
  if ('help' in values && values.help === true) {
    console.log([...usage, ...CONNECTION_USAGE.map((line) => `  ${line}`)].join('\n'))
    process.exit(0)
  }
  return { values, positionals }
}

/** What the connection's options say. */
export interface Connection {
  readonly url?: string | undefined
  readonly host?: string | undefined
  readonly port?: string | undefined
  readonly username?: string | undefined
  readonly secret?: string | undefined
  readonly tls?: boolean | undefined
}

/** A client of the server that is named, by options or by the environment; undefined when none is. */
export function namedServer({ url, host, port, username = '', secret = '', tls = false }: Connection): AMIClient | undefined {
  if (url !== undefined) return new AMIClient(url)
  if (host !== undefined)
    return new AMIClient({ host, ...(port === undefined ? {} : { port: Number(port) }), username, secret, tls })
  return process.env.AMI_URL || process.env.AMI_HOST ? AMIClient.fromEnvironment() : undefined
}

/** The server that is named, or an embedded fake that `prepare` makes an office of. Ends with a message, not a stack, when it cannot be reached. */
export async function withClient(
  connection: Connection,
  prepare: (pbx: FakeAsterisk) => void,
  program: (ami: AMIClient, fake: FakeAsterisk | undefined) => Promise<void>,
): Promise<void> {
  let fake: FakeAsterisk | undefined
  const embedded = () => {
    fake = new FakeAsterisk({ users: { admin: 's3cret' } })
    prepare(fake)
    return new AMIClient({ username: 'admin', secret: 's3cret', connect: fake.connector })
  }
  try {
    await using ami = namedServer(connection) ?? embedded()
    await ami.login({ timeoutMs: 10_000 })
    await program(ami, fake)
  } catch (error) {
    if (!(error instanceof AMIError || error instanceof TypeError || error instanceof RangeError)) throw error
    trouble(error)
    process.exitCode = 1
  } finally {
    await fake?.close()
  }
}

/** Aborts at Ctrl-C, so that a program can end in order. */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort())
  return controller.signal
}
