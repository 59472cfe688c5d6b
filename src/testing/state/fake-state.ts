import { DEVICE_STATES, type DeviceState } from '../../catalog/device-states.js'
import { quote } from '../../core/checks.js'
import { checkOptions, either, listOf, oneOf, recordOf, required, text, wholeNumber } from '../../core/options.js'
import type { HeaderPairs } from '../handlers.js'
import { extensionStatus, presenceProviderOf, statusText } from './hints.js'
import { ToldMap } from './told-map.js'

/** How somebody wants to be seen: `PRESENCE_STATE(CustomPresence:desk)`. */
export interface Presence {
  readonly state: 'not_set' | 'unavailable' | 'available' | 'away' | 'xa' | 'chat' | 'dnd'
  readonly subtype?: string | undefined
  readonly message?: string | undefined
}

/** The messages in a mailbox. */
export interface Mailbox {
  /** @default 0 */
  readonly new?: number | undefined
  /** @default 0 */
  readonly old?: number | undefined
  /** @default 0 */
  readonly urgent?: number | undefined
}

/** A file of settings: its categories in order, and their lines; a list is a line for each. Categories that are numbers come first. */
export type ConfigFile = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>

const PRESENCES = ['not_set', 'unavailable', 'available', 'away', 'xa', 'chat', 'dnd'] as const
const PRESENCE_SHAPE = { state: required(oneOf(...PRESENCES)), subtype: text, message: text }
const MAILBOX_SHAPE = { new: wholeNumber(0), old: wholeNumber(0), urgent: wholeNumber(0) }
const CONFIG_FILE = recordOf(recordOf(either(text, listOf(text))))

/** Whether a text is the state of a presence. */
export function isPresence(state: string): state is Presence['state'] {
  return (PRESENCES as readonly string[]).includes(state)
}

/**
 * What a server knows beside its calls, for a test to set and to look at. What is set is told as a real server tells it: DeviceStateChange and
 * ExtensionStatus, PresenceStateChange, MessageWaiting. What cannot be is refused with a TypeError or RangeError.
 */
export class FakeState {
  /** States of devices, such as `PJSIP/200` or `Custom:lamp`. Those of PJSIP are endpoints too: PJSIPShowEndpoints lists them. */
  readonly devices: Map<string, DeviceState>
  /** The devices that an extension stands for, by extension and context: `100@default` is `PJSIP/100`, or `PJSIP/100&Custom:lamp,CustomPresence:desk`. */
  readonly hints: Map<string, string> = new Map()
  /** By provider: `CustomPresence:desk`. */
  readonly presence: Map<string, Presence>
  /** By mailbox and context: `100@default`. */
  readonly mailboxes: Map<string, Mailbox>
  /** Files of settings by name, such as `queues.conf`: what GetConfig reads and UpdateConfig changes. */
  readonly configs: Map<string, ConfigFile>
  /** Global variables. */
  readonly globals: Map<string, string>
  /** Asterisk's database, by `family/key`. */
  readonly database: Map<string, string> = new Map()
  readonly #emit: (name: string, headers: HeaderPairs) => void

  /** @internal */
  constructor(emit: (name: string, headers: HeaderPairs) => void) {
    this.#emit = emit
    this.devices = new ToldMap(checkDevice, (device, state, before) => this.#deviceChanged(device, state, before))
    this.presence = new ToldMap(
      (_, presence) => checkOptions(presence, PRESENCE_SHAPE, 'presence'),
      (provider, presence) => this.#presenceChanged(provider, presence),
    )
    this.mailboxes = new ToldMap(
      (_, mailbox) => checkOptions(mailbox, MAILBOX_SHAPE, 'mailbox'),
      (mailbox, messages) => this.#messagesChanged(mailbox, messages),
    )
    this.globals = new ToldMap(
      () => undefined,
      (name, value) => this.#globalSet(name, value),
    )
    this.configs = new ToldMap(
      (name, file) => checkOptions({ [name]: file }, { [name]: CONFIG_FILE }, 'configs'),
      () => undefined,
    )
  }

  /** A channel has brought a device into a state. Of what Local channels do no server keeps the state, and tells it each time. @internal */
  deviceChanged(device: string, state: DeviceState): void {
    if (device.startsWith('Local/')) this.#tellDevice(device, state)
    else this.devices.set(device, state)
  }

  /** Forgets everything. */
  clear(): void {
    for (const each of [this.devices, this.hints, this.presence, this.mailboxes, this.configs, this.globals, this.database])
      each.clear()
  }

  #globalSet(name: string, value: string): void {
    this.#emit('VarSet', [
      ['Channel', 'none'],
      ['Uniqueid', 'none'],
      ['Variable', name],
      ['Value', value],
    ])
  }

  #deviceChanged(device: string, state: DeviceState, before: DeviceState | undefined): void {
    if (state === before) return
    const changed = [...this.hints].filter(([, hint]) => {
      const now = extensionStatus(hint, this.devices)
      return now !== extensionStatus(hint, new Map([...this.devices, [device, before ?? 'UNKNOWN']]))
    })
    this.#tellDevice(device, state)
    for (const [extension, hint] of changed) this.#emit('ExtensionStatus', extensionHeaders(extension, hint, this.devices))
  }

  #tellDevice(device: string, state: DeviceState): void {
    this.#emit('DeviceStateChange', [
      ['Device', device],
      ['State', state],
    ])
  }

  #presenceChanged(provider: string, presence: Presence): void {
    this.#emit('PresenceStateChange', presenceHeaders(provider, presence))
    for (const [extension, hint] of this.hints) {
      if (presenceProviderOf(hint) !== provider) continue
      const [exten = '', context = 'default'] = extension.split('@')
      this.#emit('PresenceStatus', [
        ['Exten', exten],
        ['Context', context],
        ['Hint', hint],
        ['Status', presence.state],
        ['Subtype', presence.subtype ?? ''],
        ['Message', presence.message ?? ''],
      ])
    }
  }

  #messagesChanged(mailbox: string, { new: fresh = 0, old = 0, urgent = 0 }: Mailbox): void {
    this.#emit('MessageWaiting', [
      ['Mailbox', mailbox],
      ['Waiting', fresh + urgent > 0 ? 1 : 0],
      ['New', fresh + urgent],
      ['Old', old],
    ])
  }
}

/** The headers of an extension's state. */
export function extensionHeaders(extension: string, hint: string, devices: ReadonlyMap<string, DeviceState>): HeaderPairs {
  const [exten = '', context = 'default'] = extension.split('@')
  const status = extensionStatus(hint, devices)
  return [
    ['Exten', exten],
    ['Context', context],
    ['Hint', hint],
    ['Status', status],
    ['StatusText', statusText(status)],
  ]
}

/** The headers of a presence. */
export function presenceHeaders(provider: string, { state, subtype = '', message = '' }: Presence): HeaderPairs {
  return [
    ['Presentity', provider],
    ['Status', state],
    ['Subtype', subtype],
    ['Message', message],
  ]
}

function checkDevice(device: string, state: DeviceState): void {
  if (DEVICE_STATES.some((each) => each === state)) return
  throw new TypeError(`The state of ${device} must be one of ${DEVICE_STATES.join(', ')}, not ${quote(state)}`)
}
