import { isApplication } from '../application-names.js'
import { FakeStateError } from '../errors.js'
import type { Dialer } from './dial-options.js'
import type { FakeChannel } from './fake-channel.js'
import { NORMAL_CLEARING } from './plan.js'
import type { Switchboard } from './switchboard.js'

/** The channel that an application of a test runs on. */
export interface ApplicationChannel {
  /** The channel's name. */
  readonly channel: string
  readonly uniqueId: string
  /** Sets a variable of the channel, with its event. */
  setVariable(name: string, value: string): void
}

/**
 * An application of the dialplan that a test plays: what it does with its data on a channel. When it has returned, or its promise is fulfilled, the
 * dialplan goes on, which for an Originate means that the channel hangs up.
 */
export type FakeApplication = (data: string, channel: ApplicationChannel) => unknown

/** How long a sound of the fake is. */
const SOUND_MS = 1_000

/** Run until somebody hangs up. */
const ENDLESS: ReadonlySet<string> = new Set(['confbridge', 'echo', 'milliwatt', 'musiconhold', 'park', 'stasis', 'voicemail'])
/** Play a sound. */
const SOUNDS: ReadonlySet<string> = new Set(['playback', 'background'])

/** Return by themselves. */
const PLAYED: ReadonlySet<string> = new Set([
  ...SOUNDS,
  ...['answer', 'busy', 'congestion', 'log', 'noop', 'progress', 'read', 'ringing', 'set', 'verbose', 'wait', 'waitexten'],
])

/** Runs applications: those that the fake plays, and those of the test. */
export class ApplicationRunner {
  readonly #board: Switchboard
  readonly #own: ReadonlyMap<string, FakeApplication>

  constructor(board: Switchboard, own: Readonly<Record<string, FakeApplication>>) {
    this.#board = board
    this.#own = new Map(Object.entries(own).map(([name, run]) => [name.toLowerCase(), run]))
  }

  /** Runs one; the channel hangs up when it returns. One that is not there returns at once. */
  run(channel: FakeChannel, name: string, data: string, dialer: Dialer): void {
    const application = name.toLowerCase()
    const own = this.#own.get(application)
    if (own !== undefined) this.#runOwn(channel, own, data)
    else if (application === 'dial') this.#dial(channel, data, dialer)
    else if (application === 'hangup') this.#board.hangup(channel, /^\d+$/.test(data) ? Number(data) : NORMAL_CLEARING)
    else if (!ENDLESS.has(application)) this.#runToItsEnd(channel, name, data)
  }

  #runToItsEnd(channel: FakeChannel, name: string, data: string): void {
    const application = name.toLowerCase()
    if (application === 'set') {
      const [variable = '', value = ''] = data.split(/=(.*)/s)
      this.#board.setVariable(channel, variable, value)
    } else if (isApplication(name) && !PLAYED.has(application)) {
      const error = new FakeStateError(`Asterisk has the application ${name}, the fake does not`)
      this.#board.failed(`${error.message}: say what it does, new FakeAsterisk({ applications: { ${name}: () => … } })`, error)
    }
    this.#returnsAfter(channel, durationOf(application, data))
  }

  #dial(channel: FakeChannel, data: string, dialer: Dialer): void {
    const [destinations = '', seconds = ''] = data.split(',')
    dialer.dial(channel, destinations.split('&'), { timeoutMs: seconds === '' ? undefined : Number(seconds) * 1000 })
  }

  async #runOwn(channel: FakeChannel, run: FakeApplication, data: string): Promise<void> {
    try {
      await run(data, {
        channel: channel.name,
        uniqueId: channel.uniqueId,
        setVariable: (name, value) => this.#board.setVariable(channel, name, value),
      })
    } catch (error) {
      this.#board.failed(`The application ${channel.application} of the test threw`, error)
    }
    this.#board.hangup(channel, 0)
  }

  #returnsAfter(channel: FakeChannel, ms: number): void {
    if (ms === 0) this.#board.hangup(channel, 0)
    else channel.cancel = this.#board.clock.after(ms, () => this.#board.hangup(channel, 0))
  }
}

/** How long an application runs. */
function durationOf(application: string, data: string): number {
  if (SOUNDS.has(application)) return SOUND_MS
  if (application === 'wait' || application === 'waitexten') return (Number.parseFloat(data) || 0) * 1000
  if (application === 'busy' || application === 'congestion')
    return data === '' ? Number.POSITIVE_INFINITY : (Number.parseFloat(data) || 0) * 1000
  if (application === 'read') return 10_000
  return 0
}
