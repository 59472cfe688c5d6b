import { CLAIM_VARIABLE } from '../../agi/async-agi-claim.js'
import type { AMIAction } from '../../ami/protocol/action-reader.js'
import type { Clock } from '../../core/clock.js'
import { soon } from '../../core/microtask.js'
import { type ActionHandler, action, event, type FakeEvent, failure, type HeaderPairs, success } from '../handlers.js'
import { AGICaller, type AGICallOptions } from './agi-caller.js'
import { parseWords } from './agi-channel.js'
import { substitute } from './substitution.js'

/** What the calls need from their fake. */
export interface AsyncAGIHost {
  readonly clock: Clock
  emit(name: string, headers: HeaderPairs): void
}

interface AsyncCall {
  readonly caller: AGICaller
  readonly channel: string
  headers(): HeaderPairs
  /** Whether the channel is one of the dialplan, which tells of its life itself. */
  readonly isOfDialplan: boolean
  isEnded: boolean
  /** By which variables processes agree on who answers it. What a test sees of a call is what its script does. */
  readonly claims: Map<string, string>
}

/** Asterisk reads no more of an answer at a time (`res/res_agi.c`). */
const ANSWER_BYTES = 1_024

/** The channels of a fake that are in `AGI(agi:async)`. */
export class AsyncAGICalls {
  readonly #host: AsyncAGIHost
  readonly #calls = new Map<string, AsyncCall>()
  /** What an answer left behind, by channel: it comes before the next one. */
  readonly #left = new Map<AsyncCall, string>()
  #sequence = 0

  constructor(host: AsyncAGIHost) {
    this.#host = host
  }

  /** The action by which scripts send their commands, and those on the channels that are here. */
  get handlers(): ActionHandler[] {
    return [
      action('AGI', (request) => this.#command(request)),
      this.#onCall('Hangup', ({ caller }) => {
        caller.hangup()
        return success('Channel Hungup')
      }),
      this.#onCall('Getvar', (call, request) => {
        const variable = request.get('Variable') ?? ''
        const value = isClaim(variable) ? call.claims.get(variable) : call.caller.variable(variable)
        return success({ Variable: variable, Value: value ?? '' })
      }),
      this.#onCall('Setvar', (call, request) => {
        const [variable, value] = [request.get('Variable') ?? '', request.get('Value') ?? '']
        if (isClaim(variable)) call.claims.set(variable, value)
        else call.caller.setVariable(variable, value)
        return success('Variable Set')
      }),
    ]
  }

  /** An action on a channel that is here; others are a matter of the dialplan. */
  #onCall(name: string, answer: (call: AsyncCall, request: AMIAction) => ReturnType<typeof success>): ActionHandler {
    const find = (request: AMIAction) => this.#calls.get(request.get('Channel') ?? '')
    const isHere = (request: AMIAction) => request.name.toLowerCase() === name.toLowerCase() && find(request) !== undefined
    return action(isHere, (request) => {
      const call = find(request)
      return call === undefined ? failure('No such channel') : answer(call, request)
    })
  }

  /** The channels, as CoreShowChannels lists them. */
  list(): FakeEvent[] {
    const own = [...this.#calls.values()].filter(({ isOfDialplan }) => !isOfDialplan)
    return own.map(({ headers, caller }) =>
      event('CoreShowChannel', [
        ...headers(),
        ['Application', 'AGI'],
        ['ApplicationData', ['agi:async', ...caller.args].join(',')],
        ['Duration', '00:00:01'],
        ['BridgeId', ''],
      ]),
    )
  }

  start(options: AGICallOptions, ofDialplan?: () => HeaderPairs): AGICaller {
    this.#sequence += 1
    const channel = options.channel ?? `PJSIP/100-${this.#sequence.toString(16).padStart(8, '0')}`
    const uniqueId = options.uniqueId ?? `1700000000.${this.#sequence}`
    const caller = new AGICaller({ ...options, channel, uniqueId }, this.#host.clock)
    const headers = ofDialplan ?? (() => snapshot(channel, uniqueId, options))
    const isOfDialplan = ofDialplan !== undefined
    const call: AsyncCall = { caller, channel, headers, isOfDialplan, isEnded: false, claims: new Map() }
    this.#calls.set(channel, call)
    const environment = caller.environment({ request: 'async' })
    this.#left.set(call, environment.slice(ANSWER_BYTES))
    this.#host.emit('AsyncAGIStart', [...call.headers(), ['Env', percentEncode(environment.slice(0, ANSWER_BYTES))]])
    caller.connected({
      hangup: () => {
        if (!isOfDialplan) this.#host.emit('HangupRequest', [...call.headers(), ['Cause', 16]])
        this.#end(call, true)
      },
    })
    return caller
  }

  #command(request: AMIAction): ReturnType<typeof success> {
    const channel = request.get('Channel') ?? ''
    const line = request.get('Command') ?? ''
    if (channel === '' || line === '') return failure('Both, Channel and Command are *required*')
    const call = this.#calls.get(channel)
    if (call === undefined) return failure(`Channel ${channel} does not exist.`)
    // The command runs when the channel's own thread comes to it.
    soon(() => {
      if (call.isEnded) return
      const before = call.caller.isHungUp
      const answered = (text: string) => this.#answer(call, line, request.get('CommandID'), text, before)
      const reply = claimed(call, line) ?? call.caller.execute(line)
      if (typeof reply === 'string') answered(reply)
      else void reply.then(answered)
    })
    return success('Added AGI command to queue')
  }

  #answer(call: AsyncCall, line: string, id: string | undefined, reply: string, before: boolean): void {
    if (call.isEnded) return
    const text = `${this.#left.get(call) ?? ''}${reply}`
    this.#left.set(call, text.slice(ANSWER_BYTES))
    const result: HeaderPairs = [
      ['Result', percentEncode(text.slice(0, ANSWER_BYTES))],
      ...(id === undefined ? [] : ([['CommandId', id]] as HeaderPairs)),
    ]
    if (call.caller.isHungUp && !before && !call.isOfDialplan)
      this.#host.emit('HangupRequest', [...call.headers(), ['Cause', 16]])
    this.#host.emit('AsyncAGIExec', [...call.headers(), ...result])
    const isEnded = /^asyncagi +break/i.test(line) || /^200 result=-1/.test(text) || call.caller.isHungUp
    if (isEnded) this.#end(call, call.caller.isHungUp, /^200 result=-1/.test(text))
  }

  #end(call: AsyncCall, hungUp: boolean, failed = false): void {
    if (call.isEnded) return
    call.isEnded = true
    this.#calls.delete(call.channel)
    this.#left.delete(call)
    this.#host.emit('AsyncAGIEnd', call.headers())
    if (hungUp && !call.isOfDialplan)
      this.#host.emit('Hangup', [...call.headers(), ['Cause', 16], ['Cause-txt', 'Normal Clearing']])
    call.caller.finished(hungUp || !failed ? 'SUCCESS' : 'FAILURE')
  }
}

/** The answer to a command by which a process claims the channel; undefined for any other. */
function claimed(call: AsyncCall, line: string): string | undefined {
  const expression = parseWords(line)[3] ?? ''
  if (!expression.startsWith(`\${SET(${CLAIM_VARIABLE}=`)) return undefined
  const get = (name: string) => call.claims.get(name) ?? ''
  const value = substitute(expression, { get, set: (name, text) => call.claims.set(name, text) })
  return `200 result=1 (${value})\n`
}

function isClaim(variable: string): boolean {
  return variable.startsWith(CLAIM_VARIABLE)
}

function snapshot(channel: string, uniqueId: string, options: AGICallOptions): HeaderPairs {
  const { context = 'default', extension = 's', exten = extension } = options
  return [
    ['Channel', channel],
    ['ChannelState', 6],
    ['ChannelStateDesc', 'Up'],
    ['CallerIDNum', '<unknown>'],
    ['CallerIDName', '<unknown>'],
    ['ConnectedLineNum', '<unknown>'],
    ['ConnectedLineName', '<unknown>'],
    ['Language', 'en'],
    ['AccountCode', ''],
    ['Context', context],
    ['Exten', exten],
    ['Priority', 1],
    ['Uniqueid', uniqueId],
    ['Linkedid', uniqueId],
  ]
}

/** As Asterisk encodes a result: letters, digits and `-_.!~*'()` stay. */
function percentEncode(text: string): string {
  return encodeURIComponent(text)
}
