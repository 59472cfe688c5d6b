import { event, type FakeEvent } from '../handlers.js'
import type { FakeChannel } from './fake-channel.js'

/** A channel, as CoreShowChannels lists it. */
export function channelItem(channel: FakeChannel, nowMs: number): FakeEvent {
  const seconds = secondsOf(channel, nowMs)
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return event('CoreShowChannel', [
    ...channel.headers(),
    ['Application', channel.application],
    ['ApplicationData', channel.applicationData],
    ['Duration', `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`],
    ['BridgeId', channel.bridge?.id ?? ''],
  ])
}

/** A channel, as Status lists it, with the variables that it asks for. */
export function statusItem(
  channel: FakeChannel,
  nowMs: number,
  variables: ReadonlyMap<string, string | undefined>,
  withAll: boolean,
): FakeEvent {
  const [format, type = ''] = channel.name.startsWith('Local/') ? ['slin', 'Local'] : ['ulaw', channel.name.split('/')[0]]
  return event('Status', [
    ['Privilege', 'Call'],
    ...channel.headers(),
    ['Type', type],
    ['DNID', ''],
    ['EffectiveConnectedLineNum', channel.connectedNum || '<unknown>'],
    ['EffectiveConnectedLineName', channel.connectedName || '<unknown>'],
    ['TimeToHangup', 0],
    ['BridgeID', channel.bridge?.id ?? ''],
    ['Application', channel.application],
    ['Data', channel.applicationData],
    ['Nativeformats', `(${format})`],
    ['Readformat', format],
    ['Readtrans', ''],
    ['Writeformat', format],
    ['Writetrans', ''],
    ['Callgroup', 0],
    ['Pickupgroup', 0],
    ['Seconds', secondsOf(channel, nowMs)],
    ...[...variables].map(([name, value]) => ['Variable', `${name}=${value ?? '(null)'}`] as const),
    ...(withAll ? [...channel.variables].map(([name, value]) => ['Variable', `${plainName(name)}=${value}`] as const) : []),
  ])
}

function secondsOf(channel: FakeChannel, nowMs: number): number {
  return Math.floor((nowMs - channel.createdAtMs) / 1000)
}

/** A variable's name without the `_` or `__` that has it inherited. */
function plainName(name: string): string {
  return name.replace(/^__?/, '')
}
