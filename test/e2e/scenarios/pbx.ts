import { type ActionHeaders, type AMIClient, type AMIEvent, type EventName, type EventOf, unlisted } from 'obelus-asterisk'
import type { TestServer } from '../asterisk/global-setup.js'
import { RELEASES } from '../asterisk/releases.js'
import { AsteriskServer } from '../asterisk/server.js'
import type { Observations } from './observations.js'

/** How long a scenario waits for what it expects. */
const PATIENCE_MS = 8_000

/** A call's name in the scenarios: the Uniqueid of its channel, which the originate chose. */
export type CallId = string

/** A server that scenarios drive. */
export class Pbx {
  readonly ami: AMIClient
  readonly server: TestServer
  readonly #observations: Observations
  #calls = 0

  constructor(ami: AMIClient, server: TestServer, observations: Observations) {
    this.ami = ami
    this.server = server
    this.#observations = observations
  }

  get is22(): boolean {
    return this.server.version === 22
  }

  /** The URI at which this server finds itself. */
  uri(exten: string): string {
    return `sip:${exten}@127.0.0.1:${17_000 + (this.server.version ?? 0)}`
  }

  /** The next event of a name that `where` is true for. */
  next<Name extends EventName>(name: Name, where: (event: EventOf<Name>) => boolean = () => true): Promise<EventOf<Name>> {
    const found = this.ami.waitFor(name, { where, timeoutMs: PATIENCE_MS })
    // Awaited later: a failure before that is told then.
    found.catch(() => undefined)
    return found
  }

  /** Does something and waits for the event that it causes. */
  async until<Name extends EventName>(
    name: Name,
    act: () => Promise<unknown>,
    where?: (event: EventOf<Name>) => boolean,
  ): Promise<EventOf<Name>> {
    const found = this.next(name, where)
    await act()
    return found
  }

  /** Sends an action whose refusal is an answer too. */
  async attempt(name: string, headers: ActionHeaders = {}): Promise<boolean> {
    return this.ami.sendAction(unlisted(name), headers).then(
      () => true,
      () => false,
    )
  }

  /** Sends an action that answers with a list, whose events are observed. */
  async list(name: string, headers: ActionHeaders = {}): Promise<readonly AMIEvent[]> {
    const answer = await this.ami.sendAction(unlisted(name), headers).catch(() => undefined)
    if (answer === undefined) return []
    this.#observations.noteAnswer(name, answer)
    return answer.events
  }

  /** Starts a call and resolves when its first channel is there. */
  async call(channel: string, headers: ActionHeaders = {}, variables: Record<string, string> = {}): Promise<CallId> {
    this.#calls += 1
    const id = `day-${this.server.version}-${Date.now()}-${this.#calls}`
    const target = 'Exten' in headers || 'Application' in headers ? {} : { Application: 'Wait', Data: 30 }
    await this.until(
      'Newchannel',
      () =>
        this.ami.sendAction(
          unlisted('Originate'),
          { Channel: channel, ChannelId: id, Async: true, Timeout: 10_000, ...target, ...headers },
          { variables },
        ),
      (event) => event.get('Uniqueid') === id,
    )
    return id
  }

  /** Starts a call and resolves with its first channel when that is up. */
  async answeredCall(
    channel: string,
    headers: ActionHeaders = {},
    variables: Record<string, string> = {},
  ): Promise<AnsweredCall> {
    const answered = this.next('OriginateResponse', (event) => event.get('Response') === 'Success')
    const id = await this.call(channel, headers, variables)
    return { id, channel: (await answered).get('Channel') }
  }

  /** A call with both of its sides in one bridge; it resolves with the dialling side. */
  async bridgedCall(): Promise<AnsweredCall> {
    const joined = this.next('BridgeEnter', (event) => event.get('BridgeNumChannels') === '2')
    const call = await this.answeredCall('Local/bridged@day/n')
    await joined
    return { ...call, channel: call.channel.replace(/1$/, '2') }
  }

  /** Hangs channels up by their names or their Uniqueids, or as many as match `/pattern/`. */
  async hangUp(channel: string): Promise<void> {
    await this.attempt('Hangup', { Channel: channel, Cause: 16 })
  }

  /** Ends what a scenario left alive. */
  async hangUpAll(): Promise<void> {
    await this.list('Hangup', { Channel: '/.*/' })
    for (;;) {
      const gone = this.next('Hangup')
      const { events } = await this.ami.sendAction('CoreShowChannels')
      if (events.length === 0) return
      await gone.catch(() => undefined)
    }
  }

  /** Runs a command of the server's console. */
  async console(command: string): Promise<string> {
    const release = RELEASES.find(({ version }) => version === this.server.version)
    if (release === undefined) throw new Error('the console of a server of your own is out of reach')
    return new AsteriskServer(release).cli(command)
  }
}

/** A call whose first channel is up. */
export interface AnsweredCall {
  readonly id: CallId
  readonly channel: string
}
