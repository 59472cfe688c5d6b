import type { AGISession, CallManager } from 'obelus-asterisk'

/** A number that is to be called back, and when. */
export interface Callback {
  readonly number: string
  readonly at: Date
}

/** Keeps the call-backs that callers asked for, and makes them when their time has come. */
export class CallbackScheduler {
  readonly #calls: CallManager
  readonly #channel: (number: string) => string
  readonly #timers = new Map<Callback, NodeJS.Timeout>()

  /** `channel`: how a number is reached: `(number) => `PJSIP/${number}@trunk``. */
  constructor(calls: CallManager, channel: (number: string) => string) {
    this.#calls = calls
    this.#channel = channel
  }

  get waiting(): readonly Callback[] {
    return [...this.#timers.keys()]
  }

  /** The script: asks in how many minutes to call back. */
  readonly script = async (agi: AGISession): Promise<void> => {
    await agi.answer()
    const validate = (digits: string) => /^\d+$/.test(digits)
    const { digits: minutes, end } = await agi.prompt('vm-enter-num-to-call', { maxDigits: 2, validate })
    if (end !== 'digits' || agi.env.callerNumber === '') return
    this.schedule({ number: agi.env.callerNumber, at: new Date(Date.now() + Number(minutes) * 60_000) })
    await agi.say([{ number: Number(minutes) }, { file: 'minutes' }])
  }

  schedule(callback: Callback): void {
    const make = () => {
      this.#timers.delete(callback)
      this.#calls.originate({ channel: this.#channel(callback.number), application: 'Playback', data: 'demo-thanks' })
    }
    this.#timers.set(callback, setTimeout(make, Math.max(0, callback.at.getTime() - Date.now())))
  }

  /** Forgets those that wait. */
  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }
}
