import { type Deferred, deferred } from '../../core/deferred.js'
import { AudioSocketCaller } from '../audio-socket-caller.js'
import { parseWords } from './agi-channel.js'

/** The connections by which a script has its caller's sound. */
export class Sound {
  #current: AudioSocketCaller | undefined
  #wanted: Deferred<AudioSocketCaller> = deferred()

  /** The next connection, or the one that is there. */
  next(): Promise<AudioSocketCaller> {
    return this.#wanted.promise
  }

  /** Connects as the command asks, and waits for the end. False: it asks for no sound, or the server cannot be reached. */
  async run({ uuid, address }: SoundRequest): Promise<boolean> {
    const caller = new AudioSocketCaller(address, { uuid })
    this.#current = caller
    try {
      await caller.connected
      // Once the server sends something, it has taken the connection.
      for await (const _ of caller.hears()) this.#wanted.resolve(caller)
      return true
    } catch {
      return false
    } finally {
      this.#current = undefined
      this.#wanted = deferred()
    }
  }

  /** The caller hangs up. */
  hangup(): void {
    this.#current?.hangup()
  }
}

/** Where a command sends the caller's sound, and as which connection. */
export interface SoundRequest {
  readonly uuid: string
  readonly address: string
}

/** What `EXEC "AudioSocket" "uuid,host:port"` asks for; undefined for every other command. */
export function soundRequest(line: string): SoundRequest | undefined {
  const [command = '', application = '', data = ''] = parseWords(line)
  if (command.toUpperCase() !== 'EXEC' || application.toLowerCase() !== 'audiosocket') return undefined
  const [uuid = '', address = ''] = data.split(',')
  return { uuid, address }
}
