import { ActionError, type AMIClient, type AMIEvent, type AMIResponse, unlisted } from 'obelus-asterisk'
import { replies } from './agi-script.js'
import { Transcript } from './transcript.js'

export type Headers = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/** A client program that is run on real servers and on the fake. */
export interface Program {
  readonly name: string
  readonly run: (bench: Bench) => Promise<void>
}

const QUIET_MS = 250
const LONGEST_MS = 15_000

/** What a program has to do with a server: it sends actions and waits until calls have ended. All of it is written down. */
export class Bench {
  readonly #ami: AMIClient
  readonly #transcript = new Transcript()
  readonly #off: () => void
  #latestAt = performance.now()
  #isWriting = true

  readonly #callScript: (url: string) => Promise<string>

  readonly #another: () => Promise<AMIClient>

  /** @param callScript has a channel run a script, and gives AGISTATUS; `another` logs a second client in. */
  constructor(ami: AMIClient, callScript: (url: string) => Promise<string>, another: () => Promise<AMIClient>) {
    this.#ami = ami
    this.#callScript = callScript
    this.#another = another
    this.#off = ami.onEvent('*', (event) => {
      this.#latestAt = performance.now()
      if (this.#isWriting) this.#transcript.event(event)
    })
  }

  /** Sends an action and waits for its answer. */
  async send(name: string, headers: Headers = {}): Promise<AMIResponse> {
    const response = await this.#ami.sendAction(unlisted(name), headers).catch((error: unknown) => {
      if (error instanceof ActionError) return error.response
      throw error
    })
    this.#latestAt = performance.now()
    this.#transcript.answer(name, response)
    return response
  }

  /** Sends an action whose answer the program writes down itself. */
  ask(name: string, headers: Headers = {}): Promise<AMIResponse> {
    return this.#ami.sendAction(unlisted(name), headers)
  }

  /** Has an event come while the next action is at work. */
  async emitSoon(name: string): Promise<void> {
    const other = await this.#another()
    setTimeout(() => void other.sendAction('UserEvent', { UserEvent: name }).finally(() => other.close()), 200)
  }

  /** Does what is not written down: brings the server into a state from which a program begins. */
  async unseen(prepare: (send: (name: string, headers: Headers) => Promise<unknown>) => Promise<void>): Promise<void> {
    this.#isWriting = false
    await prepare((name, headers) => this.#ami.sendAction(unlisted(name), headers).catch(() => undefined))
    await this.quiet()
    this.#isWriting = true
  }

  /** Waits for the beginning of a second: some applications count whole ones. */
  async second(): Promise<void> {
    while (Date.now() % 1000 > 200) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  /** Sends an Originate, and waits until its calls have ended. */
  async originate(headers: Headers): Promise<void> {
    await this.send('Originate', { Timeout: 5_000, ...headers })
    await this.calm()
  }

  /** Has a Local channel of this id ring. */
  async ringing(headers: Headers & { readonly ChannelId: string }): Promise<void> {
    const rings = this.#ami.waitFor('DialState', {
      where: (event) => event.get('DestUniqueid') === headers.ChannelId,
      timeoutMs: LONGEST_MS,
    })
    await this.send('Originate', { Channel: 'Local/ring@default/n', Application: 'Wait', Data: 5, Async: true, ...headers })
    await rings
  }

  /** Sends an action, and waits until this event has come, which may be before the answer. */
  async until(event: string, where: Headers, name: string, headers: Headers = {}): Promise<AMIEvent> {
    const comes = this.#ami.waitFor(unlisted(event), {
      where: (each) => Object.entries(where).every(([header, value]) => each.get(header) === String(value)),
      timeoutMs: LONGEST_MS,
    })
    await this.send(name, headers)
    return comes
  }

  /** Has a channel run a script of these commands. Only what it is answered is written down. */
  async script(commands: readonly string[]): Promise<void> {
    this.#off()
    let status = ''
    const found = await replies(commands, async (url) => {
      status = await this.#callScript(url)
    })
    for (const each of [...found, `AGISTATUS ${status}`]) this.note(each)
  }

  /** Waits until nothing more comes. */
  async quiet(): Promise<void> {
    while (performance.now() - this.#latestAt < QUIET_MS) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  /** Waits until no channel lives and nothing more comes. */
  async calm(): Promise<void> {
    const giveUpAt = performance.now() + LONGEST_MS
    while (performance.now() - this.#latestAt < QUIET_MS || this.#transcript.channelsAlive > 0) {
      if (performance.now() > giveUpAt) {
        this.#transcript.note('channels live for ever')
        break
      }
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** Writes down what a program has learnt itself. */
  note(text: string): void {
    this.#transcript.note(text)
  }

  /** What happened, when the program has ended. */
  end(): readonly string[] {
    this.#off()
    return this.#transcript.lines
  }
}
