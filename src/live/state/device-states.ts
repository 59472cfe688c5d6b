import { DEVICE_STATES, type DeviceState } from '../../catalog/device-states.js'
import type { Rules, StateContext } from './area-state.js'
import { type Fields, textOf } from './fields.js'
import { replaceAll } from './replace.js'

/** Devices whose state Asterisk tells of and does not keep: they are in no list (verified on 16 and 22). */
const NOT_LISTED = /^(?:Local|CBAnn|CBRec|Announcer|Recorder)\//

/**
 * The devices.
 *
 * | told by | does | why that is right |
 * |---|---|---|
 * | DeviceStateList | replaces all | one block, newer than every event before it |
 * | DeviceStateChange | sets the state, unless it is of what is never listed | each change is told, in order: the last has the last value |
 */
export class DeviceStates {
  readonly #context: StateContext
  readonly rules: Rules = {
    DeviceStateChange: (event, _now, cause) => {
      const record = deviceOf(event)
      if (NOT_LISTED.test(record.device)) return
      this.#context.store.set('deviceStates', record.device, record, cause)
    },
  }

  constructor(context: StateContext) {
    this.#context = context
  }

  listed(items: readonly Fields[]): void {
    replaceAll(this.#context.store, 'deviceStates', new Map(items.map((item) => [textOf(item, 'Device'), deviceOf(item)])))
  }
}

function deviceOf(fields: Fields) {
  return { device: textOf(fields, 'Device'), state: deviceStateNamed(textOf(fields, 'State')) }
}

/** The state by its name, as DeviceStateChange has it. */
export function deviceStateNamed(name: string): DeviceState {
  return DEVICE_STATES.find((state) => state === name) ?? 'UNKNOWN'
}
