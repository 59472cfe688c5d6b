import { isApplication } from '../application-names.js'
import { FakeStateError } from '../errors.js'
import type { DialFailure } from './dial-failure.js'
import type { Destinations } from './dial-options.js'
import { type FakeChannel, STATE } from './fake-channel.js'
import { FakeDial } from './fake-dial.js'
import { NORMAL_CLEARING, RING_MS } from './plan.js'
import type { Step } from './step.js'
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
const ENDLESS: ReadonlySet<string> = new Set(['echo', 'milliwatt', 'musiconhold', 'stasis', 'voicemail'])
/** Refuse a caller who is not answered. */
const REFUSALS: Readonly<Record<string, DialFailure>> = {
  busy: { dialStatus: 'BUSY', cause: 17, reason: 5 },
  congestion: { dialStatus: 'CONGESTION', cause: 34, reason: 8 },
}
/** Play a sound. */
const SOUNDS: ReadonlySet<string> = new Set(['playback', 'background'])

/** Return by themselves. */
const PLAYED: ReadonlySet<string> = new Set([
  ...SOUNDS,
  ...['answer', 'busy', 'congestion', 'log', 'noop', 'progress', 'read', 'ringing', 'set', 'verbose', 'wait', 'waitexten'],
])

/** An application of the fake, on a channel; `returns` has the dialplan go on. */
export type BuiltInApplication = (channel: FakeChannel, data: string, phones: Destinations, returns: () => void) => void

/** Runs applications: those that the fake plays, and those of the test. */
export class ApplicationRunner {
  readonly #board: Switchboard
  readonly #own: ReadonlyMap<string, FakeApplication>
  readonly #builtIn: ReadonlyMap<string, BuiltInApplication>

  /** @param builtIn those of other parts of the fake, by their names in lower case. */
  constructor(
    board: Switchboard,
    own: Readonly<Record<string, FakeApplication>>,
    builtIn: Readonly<Record<string, BuiltInApplication>>,
  ) {
    this.#board = board
    this.#own = new Map(Object.entries(own).map(([name, run]) => [name.toLowerCase(), run]))
    this.#builtIn = new Map(Object.entries(builtIn))
  }

  /** Runs one. One that is not there hangs up. */
  run(channel: FakeChannel, step: Step, phones: Destinations, returns: () => void): void {
    const application = step.application.toLowerCase()
    const own = this.#own.get(application)
    const builtIn = this.#builtIn.get(application)
    if (own !== undefined) this.#runOwn(channel, own, step.data, returns)
    else if (builtIn !== undefined) builtIn(channel, step.data, phones, returns)
    else if (!this.#acted(channel, application, step.data, phones, returns)) this.#runToItsEnd(channel, step, returns)
  }

  /** Runs one that does more than to take its time. */
  #acted(channel: FakeChannel, application: string, data: string, phones: Destinations, returns: () => void): boolean {
    const refusal = REFUSALS[application]
    if (application === 'dial') this.#dial(channel, data, phones, returns)
    else if (application === 'hangup')
      this.#board.hangup(channel, /^\d+$/.test(data) ? Number(data) : channel.cause || NORMAL_CLEARING)
    else if (refusal !== undefined && channel.state !== STATE.up) this.#board.refuse(channel, refusal)
    else return ENDLESS.has(application)
    return true
  }

  #runToItsEnd(channel: FakeChannel, { application: name, data }: Step, returns: () => void): void {
    const application = name.toLowerCase()
    if (!isApplication(name)) {
      this.#board.hangup(channel, 0)
      return
    }
    if (application === 'answer') this.#board.answer(channel)
    else if (application === 'ringing') this.#board.ring(channel)
    else if (application === 'set') {
      const [variable = '', value = ''] = data.split(/=(.*)/s)
      this.#board.setVariable(channel, variable, value)
    } else if (!PLAYED.has(application)) {
      const error = new FakeStateError(`Asterisk has the application ${name}, the fake does not`)
      this.#board.failed(`${error.message}: say what it does, new FakeAsterisk({ applications: { ${name}: () => … } })`, error)
    }
    const ends =
      REFUSALS[application] !== undefined
        ? () => this.#board.hangup(channel, 0)
        : application === 'playback'
          ? () => this.#played(channel, returns)
          : returns
    const ms = durationOf(application, data)
    if (ms === 0) ends()
    else if (Number.isFinite(ms)) channel.cancel = this.#board.clock.after(ms, ends)
  }

  #played(channel: FakeChannel, returns: () => void): void {
    this.#board.setVariable(channel, 'PLAYBACKSTATUS', 'SUCCESS')
    returns()
  }

  #dial(channel: FakeChannel, data: string, phones: Destinations, returns: () => void): void {
    const [destinations = '', limit = ''] = data.split(',')
    const timeoutMs = limit === '' ? RING_MS : Number(limit) * 1000
    new FakeDial(this.#board, channel, returns).start(phones, destinations.split('&'), timeoutMs)
  }

  async #runOwn(channel: FakeChannel, run: FakeApplication, data: string, returns: () => void): Promise<void> {
    try {
      await run(data, {
        channel: channel.name,
        uniqueId: channel.uniqueId,
        setVariable: (name, value) => this.#board.setVariable(channel, name, value),
      })
    } catch (error) {
      this.#board.failed(`The application ${channel.application} of the test threw`, error)
    }
    returns()
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
