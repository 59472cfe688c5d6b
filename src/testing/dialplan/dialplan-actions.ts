import type { ActionName } from '../../ami/messages/typed-names.js'
import type { AMIAction } from '../../ami/protocol/action-reader.js'
import { type ActionHandler, action, event, type FakeEvent, type FakeResponse, failure, success } from '../handlers.js'
import type { FakeChannel } from './fake-channel.js'
import { originate } from './fake-originate.js'
import type { DialplanRunner } from './runner.js'
import type { Switchboard } from './switchboard.js'

const NO_CHANNEL = 'No such channel'

/** The actions that a dialplan answers: they make its calls, list them, and do what `Call` does. */
export function dialplanActions(board: Switchboard, runner: DialplanRunner): ActionHandler[] {
  const onChannel = (name: ActionName, answer: (channel: FakeChannel, request: AMIAction) => FakeResponse) =>
    action(name, (request) => {
      const channel = board.find(request.get('Channel') ?? '')
      return channel === undefined ? failure(NO_CHANNEL) : answer(channel, request)
    })
  return [
    action('Originate', (request) => originate(board, runner, request)),
    onChannel('Hangup', (channel, request) => {
      board.hangup(channel, Number(request.get('Cause') ?? 0))
      return success('Channel Hungup')
    }),
    onChannel('Redirect', (channel, request) => {
      const { context, exten } = place(request, '')
      const extra = board.find(request.get('ExtraChannel') ?? '')
      const left = board.unbridge(channel)
      runner.run(channel, context, exten)
      if (extra !== undefined) {
        const other = place(request, 'Extra')
        runner.run(extra, other.context || context, other.exten || exten)
      } else if (left !== undefined) board.hangup(left, 16)
      return success(extra === undefined ? 'Redirect successful' : 'Dual Redirect successful')
    }),
    onChannel('BlindTransfer', (channel, request) => {
      const { context, exten } = place(request, '')
      const transferee = board.blindTransfer(channel, context || channel.context, exten)
      if (transferee === undefined) return failure('Transfer invalid')
      board.hangup(channel, 16)
      runner.run(transferee, context || channel.context, exten)
      return success('Transfer succeeded')
    }),
    action('Bridge', (request) => {
      const [one, two] = ['Channel1', 'Channel2'].map((name) => board.find(request.get(name) ?? ''))
      if (one === undefined) return failure('Channel1 does not exists: ')
      if (two === undefined) return failure('Channel2 does not exists: ')
      board.bridge(one, two)
      return success('Channels have been bridged')
    }),
    onChannel('Setvar', (channel, request) => {
      board.setVariable(channel, request.get('Variable') ?? '', request.get('Value') ?? '')
      return success('Variable Set')
    }),
    onChannel('Getvar', (channel, request) => {
      const name = request.get('Variable') ?? ''
      const value = [name, `_${name}`, `__${name}`].map((each) => channel.variables.get(each)).find((each) => each !== undefined)
      return success({ Variable: name, Value: value ?? '' })
    }),
    onChannel('PlayDTMF', (channel, request) => {
      const { otherHalf } = channel
      // A telephone hears the tone, and nobody says so; behind a Local channel is the other half of it.
      if (otherHalf !== undefined) board.digit(otherHalf, request.get('Digit') ?? '', Number(request.get('Duration') ?? 100))
      return success('DTMF successfully queued')
    }),
    onChannel('MixMonitor', (_channel, request) =>
      success({ Message: 'Successfully started recording', MixMonitorID: '0x1', File: request.get('File') ?? '' }),
    ),
    onChannel('StopMixMonitor', () => success('Stopped recording')),
    onChannel('MuteAudio', () => success('')),
  ]
}

/** What CoreShowChannels answers. */
export function* listChannels(channels: readonly FakeChannel[], nowMs: number): Iterable<FakeEvent> {
  for (const channel of channels) {
    const seconds = Math.floor((nowMs - channel.createdAtMs) / 1000)
    const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
    yield event('CoreShowChannel', [
      ...channel.headers(),
      ['Application', channel.application],
      ['ApplicationData', channel.applicationData],
      ['Duration', `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`],
      ['BridgeId', channel.bridge?.id ?? ''],
    ])
  }
}

function place(request: AMIAction, prefix: string): { context: string; exten: string } {
  return { context: request.get(`${prefix}Context`) ?? '', exten: request.get(`${prefix}Exten`) ?? '' }
}
