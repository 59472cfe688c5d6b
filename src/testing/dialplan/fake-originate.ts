import type { AMIAction } from '../../ami/protocol/action-reader.js'
import { type CallerId, parseCallerId } from '../../core/caller-id.js'
import { failure, type HeaderPairs, type Reply, success } from '../handlers.js'
import type { DialFailure } from './dial-failure.js'
import type { Dialing, FakeChannel } from './fake-channel.js'
import { RING_MS } from './plan.js'
import type { DialplanRunner } from './runner.js'
import type { Switchboard } from './switchboard.js'

/** `Reason` of OriginateResponse. */
const REASON = { other: 0, noAnswer: 3, answered: 4 } as const

/** Longer ids than this are refused (`AST_MAX_PUBLIC_UNIQUEID`). */
const MAX_ID_BYTES = 149

/** Answers an Originate: at once when it is asynchronous, else when the channel is answered or is not, and without an event then. */
export function originate(board: Switchboard, runner: DialplanRunner, request: AMIAction): Reply | Promise<Reply> {
  const isAsync = ['true', 'yes', 'y', 't', '1', 'on'].includes((request.get('Async') ?? '').toLowerCase())
  const originate = new FakeOriginate(board, runner, request, isAsync)
  const refusal = originate.refusal
  if (refusal !== undefined) return failure(refusal)
  const queued = success('Originate successfully queued')
  if (!isAsync) {
    return new Promise((resolve) => {
      originate.start((answered) => resolve(answered ? queued : failure('Originate failed')))
    })
  }
  originate.start(() => undefined)
  return queued
}

/** One Originate, from its action to the answer of the channel or its end. */
class FakeOriginate implements Dialing {
  readonly dialer = undefined
  readonly #board: Switchboard
  readonly #runner: DialplanRunner
  readonly #request: AMIAction
  readonly #application: string
  readonly #context: string
  readonly #exten: string
  readonly #caller: CallerId
  readonly #isAsync: boolean
  #called: FakeChannel | undefined
  #isEnded = false
  #stopTimer: () => void = () => undefined
  #settled: (answered: boolean) => void = () => undefined

  constructor(board: Switchboard, runner: DialplanRunner, request: AMIAction, isAsync: boolean) {
    this.#board = board
    this.#isAsync = isAsync
    this.#runner = runner
    this.#request = request
    this.#application = this.#header('Application')
    this.#context = this.#header('Context')
    this.#exten = this.#header('Exten')
    this.#caller = parseCallerId(this.#header('CallerID'))
  }

  /** What Asterisk says to one that cannot be; undefined if it can. */
  get refusal(): string | undefined {
    const channel = this.#header('Channel')
    const priority = this.#header('Priority')
    if (channel === '') return 'Channel not specified'
    if (priority !== '' && !isNumber(priority)) return 'Invalid priority'
    if (this.#header('Timeout') !== '' && !isNumber(this.#header('Timeout'))) return 'Invalid timeout'
    if (!/^[^/]+\/./.test(channel)) return 'Invalid channel'
    if (['ChannelId', 'OtherChannelId'].some((name) => encoder.encode(this.#header(name)).length > MAX_ID_BYTES))
      return `Uniqueid length exceeds maximum of ${MAX_ID_BYTES}`
    if (this.#application !== '') return undefined
    if (this.#exten === '' || this.#context === '' || !(Number(priority) > 0))
      return "Originate with 'Exten' requires 'Context' and 'Priority'"
    return this.#runner.hasPriority(this.#exten, this.#context, Number(priority)) ? undefined : 'Extension does not exist.'
  }

  start(settled: (answered: boolean) => void): void {
    this.#settled = settled
    const uniqueId = this.#header('ChannelId') || undefined
    const otherUniqueId = this.#header('OtherChannelId') || undefined
    if (uniqueId !== undefined && (this.#board.has(uniqueId) || uniqueId === otherUniqueId)) {
      this.#respond('Failure', REASON.other)
      return
    }
    this.#runner.call(this.#header('Channel'), {
      uniqueId,
      otherUniqueId,
      prepare: (channel) => this.#prepare(channel),
      dialing: this,
    })
    if (this.#isEnded) return
    if (this.#called === undefined || this.#called.isGone) this.#respond('Failure', REASON.other)
    else this.#stopTimer = this.#board.clock.after(Number(this.#header('Timeout') || RING_MS), () => this.#tooLate())
  }

  ringing(): void {
    if (this.#called !== undefined) this.#board.dialState(this.#called, undefined, 'RINGING')
  }

  answered(): void {
    const channel = this.#called
    if (channel === undefined) return
    this.#board.dialEnd(channel, undefined, 'ANSWER')
    this.#respond('Success', REASON.answered)
    if (this.#application !== '') this.#runner.runApplication(channel, this.#application, this.#header('Data'))
    else this.#runner.run(channel, this.#context, this.#exten, Number(this.#header('Priority')))
  }

  failed({ dialStatus, cause, reason }: DialFailure): void {
    if (this.#called === undefined) return
    this.#board.dialEnd(this.#called, undefined, dialStatus)
    this.#respond('Failure', reason)
    this.#board.hangup(this.#called, cause)
  }

  #prepare(channel: FakeChannel): void {
    const account = this.#header('Account')
    if (this.#called === undefined) {
      this.#board.runs(channel, 'AppDial2', '(Outgoing Line)')
      this.#board.setAccountCode(channel, account)
      this.#board.identify(channel, this.#caller)
    } else {
      // The other half gets both at once.
      channel.connectedNum = this.#caller.number
      channel.connectedName = this.#caller.name
      this.#board.identify(channel, this.#caller)
      this.#board.setAccountCode(channel, account)
    }
    this.#called ??= channel
    this.#board.connectLine(channel, this.#caller)
    // The first half gets them the other way round.
    const variables = [...this.#request.variables]
    for (const [name, value] of channel === this.#called ? variables.reverse() : variables)
      this.#board.setVariable(channel, name, value)
  }

  #tooLate(): void {
    const channel = this.#called
    if (this.#isEnded || channel === undefined) return
    // Asterisk sends no DialEnd then.
    channel.dialing = undefined
    this.#respond('Failure', REASON.noAnswer)
    this.#board.giveUp(channel)
  }

  #respond(response: 'Success' | 'Failure', reason: number): void {
    this.#isEnded = true
    this.#stopTimer()
    const answered = response === 'Success' ? this.#called : undefined
    const { actionId } = this.#request
    const runs: HeaderPairs =
      this.#application === ''
        ? [
            ['Context', this.#context],
            ['Exten', this.#exten],
          ]
        : [
            ['Application', this.#application],
            ['Data', this.#header('Data')],
          ]
    this.#settled(answered !== undefined)
    if (!this.#isAsync) return
    this.#board.announce('OriginateResponse', [
      ...(actionId === '' ? [] : [['ActionID', actionId] as const]),
      ['Response', response],
      ['Channel', answered?.name ?? this.#header('Channel')],
      ...runs,
      ['Reason', reason],
      ['Uniqueid', answered?.uniqueId ?? (this.#header('ChannelId') || '<unknown>')],
      ['CallerIDNum', this.#caller.number || '<unknown>'],
      ['CallerIDName', this.#caller.name || '<unknown>'],
    ])
  }

  #header(name: string): string {
    return this.#request.get(name) ?? ''
  }
}

const encoder = new TextEncoder()

/** As `sscanf("%30d")` reads one: what follows the digits does not matter. */
function isNumber(text: string): boolean {
  return /^\s*[-+]?\d/.test(text)
}
