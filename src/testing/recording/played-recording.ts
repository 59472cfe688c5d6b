import type { Clock } from '../../core/clock.js'
import type { Complete } from '../../core/options.js'
import { readTextFile } from '../../node/text-file.js'
import { RecordingError } from '../errors.js'
import { Playback, type PlaybackOptions } from './playback.js'
import { connectionsOf, type RecordedConnection } from './recorded-connection.js'
import { parseRecording } from './recording.js'

/** A recording that a fake plays, connection by connection. */
export class PlayedRecording {
  readonly #connections: readonly [RecordedConnection, ...RecordedConnection[]]
  readonly #options: Complete<PlaybackOptions>
  readonly #clock: Clock
  #played = 0

  private constructor(
    connections: readonly [RecordedConnection, ...RecordedConnection[]],
    options: Complete<PlaybackOptions>,
    clock: Clock,
  ) {
    this.#connections = connections
    this.#options = options
    this.#clock = clock
  }

  /** @throws the system's error for a file that cannot be read, RecordingError for one that is no recording. */
  static read(file: string | URL, options: Complete<PlaybackOptions>, encoding: string, clock: Clock): PlayedRecording {
    const [first, ...others] = connectionsOf(parseRecording(readTextFile(file)), encoding)
    if (first === undefined) throw new RecordingError('Nothing is in the recording: no connection was made while it ran')
    return new PlayedRecording([first, ...others], options, clock)
  }

  /** The same recording, not begun. */
  anew(): PlayedRecording {
    return new PlayedRecording(this.#connections, this.#options, this.#clock)
  }

  /** The connection that comes next: one more than there are is the last again. */
  next(): Playback {
    const connection = this.#connections[this.#played] ?? this.#connections.at(-1) ?? this.#connections[0]
    this.#played += 1
    return new Playback(connection, this.#options, this.#clock)
  }

  /** The first connection comes next. */
  rewind(): void {
    this.#played = 0
  }
}
