import { type AMIClientOptions, type Call, CallManager, type CallManagerOptions, unlisted } from 'obelus-asterisk'
import { action, event, success } from 'obelus-asterisk/testing'
import { ClientRig } from './client-rig.js'
import { headerOf, type RecordedEvent, recordedCall } from './recorded-call.js'
import { settle } from './virtual-clock.js'

/** A CallManager on a rig whose server accepts every Originate and lists the channels that the test says. */
export class CallRig implements AsyncDisposable {
  /** What the server lists. */
  channels: Record<string, string>[] = []
  readonly rig: ClientRig
  readonly calls: CallManager

  private constructor(rig: ClientRig, options: CallManagerOptions) {
    this.rig = rig
    this.calls = new CallManager(rig.ami, { clock: rig.clock, ...options })
  }

  static async open(options: CallManagerOptions = {}, client: Partial<AMIClientOptions> = {}): Promise<CallRig> {
    let self: CallRig | undefined
    const rig = new ClientRig(
      { reconnect: { initialDelayMs: 10, maxDelayMs: 10 }, ...client },
      action('Originate', () => success('Originate successfully queued')),
      action('Hangup', () => success('Channel Hungup')),
      action('CoreShowChannels', async function* () {
        for (const channel of self?.channels ?? []) yield event('CoreShowChannel', channel)
      }),
    )
    await rig.login()
    self = new CallRig(rig, options)
    await settle()
    return self
  }

  /** Plays events of a recording. */
  async play(events: readonly RecordedEvent[]): Promise<void> {
    for (const each of events) this.rig.pbx.emit(unlisted(each.name), [...each.headers])
    await settle()
  }

  /** Originates a call, and gives the events of a recorded one as they would be for it. */
  async originate(recording: string): Promise<{ call: Call; events: RecordedEvent[] }> {
    const call = this.calls.originate({ channel: 'Local/200@default', context: 'default', exten: '200' })
    await settle()
    const original = recordedCall(recording)
    const first = original.find((each) => each.name === 'Newchannel')
    const response = original.find((each) => each.name === 'OriginateResponse')
    const ids = [first && headerOf(first, 'Uniqueid'), response && headerOf(response, 'ActionID')].filter(
      (id) => id !== undefined,
    )
    return { call, events: recordedCall(recording, Object.fromEntries(ids.map((id) => [id, call.id]))) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.calls.close()
    await this.rig[Symbol.asyncDispose]()
  }
}

/** A call's transitions, a word each. */
export function story(call: Call): string[] {
  const words: string[] = []
  const stream = call[Symbol.asyncIterator]()
  // What has happened is buffered, so it can be counted; the promises are settled already.
  const { buffered } = stream
  for (let read = 0; read < buffered; read += 1) {
    const position = words.push('') - 1
    void stream.next().then(({ value: transition }) => {
      if (transition === undefined) return
      const fact =
        transition.type === 'stateChanged'
          ? transition.stateText
          : transition.type === 'dialingFinished'
            ? (transition.dialStatus ?? 'hung up')
            : ''
      words[position] = fact === '' ? transition.type : `${transition.type} ${fact}`
    })
  }
  return words
}
