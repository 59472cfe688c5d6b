import { expandURL, type WithURL } from '../ami/client/connection-url.js'
import type { AMIClientOptions } from '../ami/client/options.js'
import { quote } from '../core/checks.js'
import { webSocketTransport } from '../web/web-socket.js'
import { readTextFile } from './text-file.js'

/** Variables by their names, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>

type Options = AMIClientOptions & { readonly tls?: boolean | undefined }

/** Several names of one thing. */
const USERNAME = ['AMI_USERNAME', 'AMI_USER']
const SECRET = ['AMI_SECRET', 'AMI_PASSWORD', 'AMI_SECRET_FILE']

/**
 * What an environment says of the client: `AMI_URL`; in place of its parts, or without it, `AMI_HOST`, `AMI_PORT`, `AMI_USERNAME` or `AMI_USER`,
 * `AMI_SECRET`, `AMI_PASSWORD` or `AMI_SECRET_FILE`, and `AMI_TLS`. An empty variable counts as missing.
 *
 * @throws TypeError that names the variable which is wrong or missing, without the secret.
 */
export function environmentOptions(env: Environment): Options {
  for (const names of [USERNAME, SECRET]) {
    const set = names.filter((name) => env[name])
    if (set.length > 1) throw new TypeError(`${set.join(' and ')} are set; set one of them`)
  }
  const options: Record<string, unknown> = {}
  const take = (option: string, name: string, read: (text: string) => unknown = (text) => text) => {
    const text = env[name]
    if (text) options[option] = read(text)
  }
  take('url', 'AMI_URL')
  take('host', 'AMI_HOST')
  take('port', 'AMI_PORT', portOf)
  for (const name of USERNAME) take('username', name)
  for (const name of SECRET) take('secret', name, name.endsWith('_FILE') ? secretIn : undefined)
  take('tls', 'AMI_TLS', flagOf)
  if ('url' in options) return expandURL(options as WithURL<Options>, webSocketTransport, 'AMI_URL')
  const missing = 'username' in options ? 'AMI_SECRET' : 'AMI_USERNAME'
  if (!('username' in options && 'secret' in options)) {
    const wanted = 'AMI_URL (amis://username:secret@host), or AMI_HOST, AMI_USERNAME and AMI_SECRET'
    throw new TypeError(`${missing} is not set in the environment; set ${wanted}`)
  }
  return options as unknown as Options
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > 65_535) throw new TypeError(`AMI_PORT must be a whole number from 1 to 65535, not ${quote(text)}`)
  return port
}

function flagOf(text: string): boolean {
  if (!/^(true|false|1|0)$/i.test(text)) throw new TypeError(`AMI_TLS must be true or false, 1 or 0, not ${quote(text)}`)
  return /^(true|1)$/i.test(text)
}

/** Files of secrets end with a line break, which is no part of them. */
function secretIn(file: string): string {
  try {
    return readTextFile(file).replace(/\r?\n$/, '')
  } catch (error) {
    throw new TypeError(`AMI_SECRET_FILE cannot be read: ${(error as Error).message}`, { cause: error })
  }
}
