import type { DEVICE_STATES } from '../../catalog/device-states.js'
import { type FakeChannel, STATE } from './fake-channel.js'

/** `State` of DeviceStateChange. */
export type FakeDeviceState = (typeof DEVICE_STATES)[number]

/** What devices need from their fake. */
export interface DevicesHost {
  readonly channels: readonly FakeChannel[]
  /** Whether there is a telephone, or an extension behind a Local channel. */
  isThere(device: string): boolean
  changed(device: string, state: FakeDeviceState): void
}

/** The devices of a fake: what their channels make of them, and what others say of themselves. */
export class Devices {
  readonly #host: DevicesHost
  readonly #told = new Map<string, FakeDeviceState>()
  readonly #listeners: ((device: string) => void)[] = []

  constructor(host: DevicesHost) {
    this.#host = host
  }

  /** Calls `listener` whenever a device has another state. */
  onChange(listener: (device: string) => void): void {
    this.#listeners.push(listener)
  }

  /** The state of a telephone or a Local channel, by the name that a dialling gives it. */
  stateOf(name: string): FakeDeviceState {
    const device = deviceOf(name)
    const own = this.#host.channels.filter((channel) => deviceOfChannel(channel) === device)
    if (own.length === 0 && !this.#host.isThere(device)) return 'INVALID'
    if (device.startsWith('Local/')) return own.some(isWhole) ? 'INUSE' : 'NOT_INUSE'
    const [isRinging, isInUse] = [own.some(({ state }) => state === STATE.ringing), own.some(isTaken)]
    if (isRinging) return isInUse ? 'RINGINUSE' : 'RINGING'
    return isInUse ? 'INUSE' : 'NOT_INUSE'
  }

  /** A channel has another state, or is gone. */
  channelChanged(channel: FakeChannel): void {
    const device = deviceOfChannel(channel)
    const state = this.stateOf(device)
    // What a Local channel does is told each time, and not remembered.
    if (device.startsWith('Local/')) {
      if (this.#host.isThere(device)) this.#tell(device, state)
    } else if (state !== (this.#told.get(device) ?? 'NOT_INUSE')) this.set(device, state)
  }

  /** A device says its state. It is told when it is another than before. */
  set(device: string, state: FakeDeviceState): void {
    if (this.#told.get(device) === state) return
    this.#told.set(device, state)
    this.#tell(device, state)
  }

  #tell(device: string, state: FakeDeviceState): void {
    this.#host.changed(device, state)
    for (const listener of this.#listeners) listener(device)
  }
}

/** The device that a dialling reaches: `Local/200@default/n` reaches `Local/200@default`. */
export function deviceOf(name: string): string {
  return name.startsWith('Local/') ? name.replace(/\/[a-z]*$/, '') : name
}

function deviceOfChannel({ name }: FakeChannel): string {
  return name.replace(/-[0-9a-f]+(;[12])?$/, '')
}

function isTaken({ state }: FakeChannel): boolean {
  return state === STATE.up || state === STATE.ring || state === STATE.busy
}

/** Whether both halves of a Local channel are there. */
function isWhole({ otherHalf }: FakeChannel): boolean {
  return otherHalf !== undefined && !otherHalf.isGone
}
