import type { ActionName } from '../../ami/messages/typed-names.js'
import type { AMIAction } from '../../ami/protocol/action-reader.js'
import { type ActionHandler, action, event, type FakeResponse, failure, type Reply, success } from '../handlers.js'
import type { FakeChannel } from './fake-channel.js'
import { originate } from './fake-originate.js'
import type { DialplanRunner } from './runner.js'
import type { Switchboard } from './switchboard.js'

/** Causes that Hangup takes (`action_hangup` in `main/manager.c`). */
const LARGEST_CAUSE = 127

/** A parameter that must be there, and what Asterisk says when it is not. */
type Requirement = readonly [header: string, problem: string]

/** The actions that a dialplan answers: they make its calls and act on them. Checks and texts are those of 16.28 and 22.10. */
export function dialplanActions(board: Switchboard, runner: DialplanRunner): ActionHandler[] {
  /** An action on the channel that it names, and what it says when none is named, or none is there. */
  const onChannel = (
    name: ActionName,
    { required, missing }: { readonly required: readonly Requirement[]; readonly missing: (channel: string) => string },
    answer: (channel: FakeChannel, request: AMIAction) => FakeResponse,
  ) =>
    action(name, (request) => {
      const lacking = required.find(([header]) => (request.get(header) ?? '') === '')
      if (lacking !== undefined) return failure(lacking[1])
      const channelName = request.get('Channel') ?? ''
      const channel = board.find(channelName)
      return channel === undefined ? failure(missing(channelName)) : answer(channel, request)
    })
  const named: Requirement = ['Channel', 'No channel specified']
  const noSuchChannel = () => 'No such channel'
  return [
    action('Originate', (request) => originate(board, runner, request)),
    action('Hangup', (request) => hangup(board, request)),
    onChannel(
      'Redirect',
      {
        required: [
          ['Channel', 'Channel not specified'],
          ['Context', 'Context not specified'],
          ['Exten', 'Exten not specified'],
          ['Priority', 'Priority not specified'],
        ],
        missing: (channel) => `Channel does not exist: ${channel}`,
      },
      (channel, request) => redirect(board, runner, channel, request),
    ),
    onChannel(
      'BlindTransfer',
      { required: [named, ['Exten', 'No extension specified']], missing: () => 'Channel specified does not exist' },
      (channel, request) => {
        const context = request.get('Context') || channel.context
        const exten = request.get('Exten') ?? ''
        const transferee = runner.has(exten, context) ? board.blindTransfer(channel, context, exten) : undefined
        if (transferee === undefined) return failure('Transfer invalid')
        board.hangup(channel, 16)
        runner.run(transferee, context, exten)
        return success('Transfer succeeded')
      },
    ),
    action('BridgeList', () => {
      const bridges = new Set(board.channels.flatMap(({ bridge }) => bridge ?? []))
      return [...bridges].map((bridge) => event('BridgeListItem', bridge.headers()))
    }),
    action('Bridge', (request) => bridge(board, request)),
    onChannel('PlayDTMF', { required: [], missing: () => 'Channel not found' }, (channel, request) =>
      playDigit(board, channel, request),
    ),
    onChannel('MixMonitor', { required: [named], missing: noSuchChannel }, (channel, request) => {
      const file = request.get('File') ?? ''
      if (file === '') return failure('Could not start monitoring channel')
      board.startRecording(channel)
      return success()
    }),
    onChannel('StopMixMonitor', { required: [named], missing: noSuchChannel }, (channel) =>
      board.stopRecording(channel) ? success() : failure('Could not stop monitoring channel'),
    ),
    onChannel(
      'MuteAudio',
      {
        required: [
          ['Channel', 'Channel not specified'],
          ['State', 'State not specified'],
        ],
        missing: noSuchChannel,
      },
      (_channel, request) =>
        ['in', 'out', 'all'].includes((request.get('Direction') ?? '').toLowerCase())
          ? success()
          : failure('Failed to mute/unmute stream'),
    ),
    onChannel(
      'AbsoluteTimeout',
      { required: [named, ['Timeout', 'No timeout specified']], missing: noSuchChannel },
      (channel, request) => {
        board.hangUpAfter(channel, Number(request.get('Timeout')) * 1000)
        return success('Timeout Set')
      },
    ),
    ...(['Setvar', 'Getvar'] as const).map((name) =>
      action({ name, headers: { Channel: /./, Variable: /./ } }, (request) => {
        const channel = board.find(request.get('Channel') ?? '')
        if (channel === undefined) return failure('No such channel')
        const variable = request.get('Variable') ?? ''
        return name === 'Getvar'
          ? success({ Variable: variable, Value: board.variable(channel, variable) ?? '' })
          : set(board, channel, request)
      }),
    ),
  ]
}

function hangup(board: Switchboard, request: AMIAction): Reply {
  const name = request.get('Channel') ?? ''
  if (name === '') return failure('No channel specified')
  const given = request.get('Cause') ?? ''
  const cause = /^\d+$/.test(given) && Number(given) <= LARGEST_CAUSE ? Number(given) : 0
  if (/^\/.*\/$/.test(name)) return hangUpFitting(board, name.slice(1, -1), cause)
  const channel = board.find(name)
  if (channel === undefined) return failure('No such channel')
  board.hangup(channel, cause)
  return success('Channel Hungup')
}

/** Hangup of all channels whose names a pattern fits. */
function* hangUpFitting(board: Switchboard, pattern: string, cause: number): Iterable<FakeResponse | ReturnType<typeof event>> {
  const regex = new RegExp(pattern)
  const fitting = board.channels.filter(({ name }) => regex.test(name))
  for (const channel of fitting) yield event('ChannelHungup', { Channel: channel.name })
  for (const channel of fitting) board.hangup(channel, cause)
}

function redirect(board: Switchboard, runner: DialplanRunner, channel: FakeChannel, request: AMIAction): FakeResponse {
  if (!/^\d+$/.test(request.get('Priority') ?? '')) return failure('Priority is invalid')
  const { context, exten } = place(request, '')
  const extraName = request.get('ExtraChannel') ?? ''
  const extra = board.find(extraName)
  if (extraName !== '' && extra === undefined) return failure(`ExtraChannel does not exist: ${extraName}`)
  const left = board.unbridge(channel)
  runner.run(channel, context, exten, Number(request.get('Priority')))
  if (extra === undefined) {
    if (left !== undefined) board.hangup(left, 16)
    return success('Redirect successful')
  }
  const other = place(request, 'Extra')
  runner.run(extra, other.context || context, other.exten || exten)
  return success('Dual Redirect successful')
}

function bridge(board: Switchboard, request: AMIAction): FakeResponse {
  const [first = '', second = ''] = ['Channel1', 'Channel2'].map((header) => request.get(header) ?? '')
  if (first === '' || second === '') return failure('Missing channel parameter in request')
  const [one, two] = [board.find(first), board.find(second)]
  if (one === undefined) return failure(`Channel1 does not exist: ${first}`)
  if (two === undefined) return failure(`Channel2 does not exist: ${second}`)
  board.bridge(one, two)
  return success('Channels have been bridged')
}

function playDigit(board: Switchboard, channel: FakeChannel, request: AMIAction): FakeResponse {
  const digit = request.get('Digit') ?? ''
  const duration = request.get('Duration') ?? ''
  if (digit === '') return failure('No digit specified')
  if (duration !== '' && !/^\d+$/.test(duration)) return failure('Could not convert Duration parameter')
  const { otherHalf } = channel
  // A telephone hears the tone, and no event says so; behind a Local channel is the other half of it.
  if (otherHalf !== undefined) board.digit(otherHalf, digit, Number(duration || 100))
  return success('DTMF successfully queued')
}

function set(board: Switchboard, channel: FakeChannel, request: AMIAction): FakeResponse {
  const variable = request.get('Variable') ?? ''
  const value = request.get('Value') ?? ''
  if (variable.includes('('))
    return board.setFunction(channel, variable, value) ? success('Variable Set') : failure('Variable not set')
  board.setVariable(channel, variable, value)
  return success('Variable Set')
}

function place(request: AMIAction, prefix: string): { context: string; exten: string } {
  return { context: request.get(`${prefix}Context`) ?? '', exten: request.get(`${prefix}Exten`) ?? '' }
}
