import type { ExpectOptions, MediaConnection, MediaServer } from '../core/media-server.js'
import { abortSignal, checkOptions, hostName, milliseconds, type OptionsShape } from '../core/options.js'
import type { AGICommands } from './commands.js'
import { AGICommandFailure, AGIInvalidCommandError } from './errors.js'

export interface AudioSocketOptions extends ExpectOptions {
  /**
   * This machine, as that Asterisk sees it. @default what the server of sound advertises, else the address at which Asterisk's FastAGI connection
   * arrived
   */
  readonly host?: string | undefined
}

const SHAPE: OptionsShape<AudioSocketOptions> = { host: hostName, timeoutMs: milliseconds(), signal: abortSignal }

/** What uses a channel's sound. */
export type SoundScript<Connection extends MediaConnection, T> = (sound: Connection) => T | PromiseLike<T>

/** Sends the channel's sound to a server for as long as `use` takes. */
export async function audioSocket<Connection extends MediaConnection, T>(
  commands: AGICommands,
  session: { readonly signal: AbortSignal; readonly localAddress?: string | undefined },
  media: MediaServer<Connection>,
  use: SoundScript<Connection, T>,
  options: AudioSocketOptions,
): Promise<T> {
  checkOptions(options, SHAPE)
  if (typeof use !== 'function') throw new TypeError(`audioSocket takes a function that uses the sound, not ${typeof use}`)
  const { host = session.localAddress, signal, timeoutMs } = options
  const address = media.addressFor(host ?? '')
  if (address.startsWith(':'))
    throw new AGIInvalidCommandError(
      'Where Asterisk reaches the server of sound is not known here: give it { advertise }, or audioSocket { host }',
      'EXEC',
    )
  const ended = signal === undefined ? session.signal : AbortSignal.any([signal, session.signal])
  const { uuid, connection, cancel } = media.expect({ signal: ended, timeoutMs })
  const running = commands.exec('AudioSocket', uuid, address)
  const left = running.then((result) => {
    const response = { code: 200, result: String(result), value: undefined, fields: new Map<string, string>() }
    throw new AGICommandFailure('EXEC', response, `EXEC AudioSocket to ${address}, which Asterisk did not reach,`)
  })
  try {
    const sound = await Promise.race([connection, left])
    try {
      return await use(sound)
    } finally {
      sound.close()
    }
  } finally {
    cancel()
    // The next command must not come before this one is answered. Whether the caller has hung up meanwhile, that one tells.
    await running.catch(() => undefined)
  }
}
