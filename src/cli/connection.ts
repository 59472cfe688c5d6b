import { readFileSync } from 'node:fs'
import type { ConnectionStatus } from '../ami/client/status.js'
import { printable } from '../core/printable.js'
import { AMIClient, type AMIClientOptions } from '../node/ami-client.js'
import { environmentOptions } from '../node/client-environment.js'
import type { Arguments } from './arguments.js'
import type { Context } from './command.js'
import type { CommandOptions } from './command-options.js'
import type { Output } from './output.js'
import { UsageError } from './usage-error.js'

/** The options of every command that connects. */
export const CONNECTION: CommandOptions = {
  url: {
    type: 'string',
    value: 'URL',
    help: 'ami://username:secret@host, or amis:// for TLS; without it: AMI_URL, or AMI_HOST and others',
  },
  ca: { type: 'string', value: 'FILE', help: 'the certificate that the one of the server was signed by (PEM)' },
}

/** Of the options that connect: for programs. */
export const JSON_OPTION: CommandOptions = { json: { type: 'boolean', help: 'for programs: one JSON object a line' } }

/** What the command was told of where to connect. @throws UsageError that says what is wrong, without the secret. */
export function connectionOptions(args: Arguments, { env }: Context): AMIClientOptions | { readonly url: string } {
  const url = args.text('url')
  const ca = args.text('ca')
  try {
    const said = url === undefined ? environmentOptions(env) : { url }
    return ca === undefined ? said : { ...said, tls: { ca: readFileSync(ca) } }
  } catch (error) {
    const nothing = url === undefined && !env.AMI_URL && !env.AMI_HOST && !env.AMI_USERNAME && !env.AMI_USER
    if (nothing)
      throw new UsageError('No server is named: give a URL (ami://username:secret@host), or set AMI_URL', { cause: error })
    throw new UsageError((error as Error).message, { cause: error })
  }
}

/** A client that is not connected yet. @throws UsageError */
function clientOf(args: Arguments, context: Context, options: Partial<AMIClientOptions> = {}): AMIClient {
  const given = connectionOptions(args, context)
  try {
    return new AMIClient({ ...given, ...options } as AMIClientOptions)
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error })
  }
}

/** Has a client used, and logs it off, whatever happens. @throws what `use` throws; UsageError */
export async function withClient<T>(
  args: Arguments,
  context: Context,
  use: (ami: AMIClient) => Promise<T>,
  options: Partial<AMIClientOptions> = {},
): Promise<T> {
  const ami = clientOf(args, context, options)
  try {
    return await use(ami)
  } finally {
    await ami.close()
  }
}

/**
 * Logs in, and tells from then on what becomes of the connection. Somebody at a terminal wants to know at once that the server is
 * away; a connection that was there is made again.
 *
 * @throws the reason for which the first attempt failed; the signal's reason.
 */
export async function logIn(ami: AMIClient, { output, signal }: Context): Promise<void> {
  const failed = new AbortController()
  const stop = ami.on('status', (status) => {
    if (status.state === 'waiting') failed.abort(status.reason)
  })
  try {
    await ami.login({ signal: AbortSignal.any([signal, failed.signal]) })
  } finally {
    stop()
  }
  tellConnection(ami, output)
}

function tellConnection(ami: AMIClient, output: Output): void {
  let isLost = false
  const tell = (status: ConnectionStatus) => {
    if (status.state === 'waiting' && !isLost)
      output.note(`-- connection lost: ${printable(status.reason.message)}; trying again`)
    if (status.state === 'online' && isLost) output.note('-- connected again')
    if (status.state === 'draining') output.note('-- Asterisk is shutting down')
    if (status.state === 'failed') output.note(`-- given up: ${printable(status.reason.message)}`)
    if (status.state === 'waiting') isLost = true
    if (status.state === 'online') isLost = false
  }
  ami.on('status', tell)
  ami.on('warning', (message) => output.note(`-- ${printable(message)}`))
  ami.on('error', (error) => output.note(`-- ${printable(error.message)}`))
}

/** The items of a stream until it or the command ends. @throws what the stream throws. */
export async function* untilEnded<T>(stream: AsyncIterable<T> & { close(): void }, signal: AbortSignal): AsyncGenerator<T> {
  const close = () => stream.close()
  signal.addEventListener('abort', close)
  if (signal.aborted) close()
  try {
    yield* stream
  } finally {
    signal.removeEventListener('abort', close)
  }
}
