import { AMIClient, type AMIClientOptions, type ConnectionStatus } from 'obelus-asterisk'
import { type ActionHandler, FakeAsterisk, type FaultyConnector, faulty } from 'obelus-asterisk/testing'
import { settle, VirtualClock } from './virtual-clock.js'

/** A client on a virtual clock, a fake Asterisk, and a link between them that can fail. */
export class ClientRig implements AsyncDisposable {
  readonly clock = new VirtualClock()
  readonly link: FaultyConnector
  readonly pbx: FakeAsterisk
  readonly ami: AMIClient
  /** Every state the client was in. */
  readonly states: ConnectionStatus['state'][] = []
  readonly errors: Error[] = []
  readonly warnings: string[] = []

  constructor(options: Partial<AMIClientOptions> = {}, ...handlers: ActionHandler[]) {
    this.pbx = new FakeAsterisk(
      {
        users: {
          admin: 's3cret',
          quiet: { secret: 's3cret', read: '' },
          single: { secret: 's3cret', allowMultipleLogin: false },
        },
      },
      ...handlers,
    )
    this.link = faulty(this.pbx.connector)
    this.ami = new AMIClient({
      username: 'admin',
      secret: 's3cret',
      clock: this.clock,
      connect: this.link,
      ...options,
    })
    this.ami.on('status', (status) => this.states.push(status.state))
    this.ami.on('error', (error) => this.errors.push(error))
    this.ami.on('warning', (warning) => this.warnings.push(warning))
  }

  /** Logs in, letting as much time pass as it takes for an account that gets FullyBooted: none. */
  async login(): Promise<void> {
    const login = this.ami.login()
    await settle()
    await login
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.ami.close()
    await this.clock.advance(2_000)
    await closed
    await this.pbx.close()
  }
}

/** What a promise came to, without waiting for it: an error if it was rejected, `pending` if it is neither. */
export async function outcomeOf<T>(promise: Promise<T>): Promise<T | Error | 'pending'> {
  const outcome = promise.catch((error: Error) => error)
  await settle()
  return Promise.race([outcome, settle().then(() => 'pending' as const)])
}

/** The promise, with a rejection as its value: for one that is awaited only later. */
export function caught<T>(promise: Promise<T>): Promise<T | Error> {
  return promise.catch((error: Error) => error)
}
