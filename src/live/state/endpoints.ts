import type { DeviceState } from '../../catalog/device-states.js'
import type { Rules, StateContext } from './area-state.js'
import { deviceStateNamed } from './device-states.js'
import { type Fields, grouped, textOf } from './fields.js'
import type { EndpointRecord } from './records.js'
import { replaceAll } from './replace.js'

const PREFIX = 'PJSIP/'
/** How PJSIPShowEndpoints writes the states of devices. */
const STATES: Readonly<Record<string, DeviceState>> = {
  'Not in use': 'NOT_INUSE',
  'In use': 'INUSE',
  Busy: 'BUSY',
  Invalid: 'INVALID',
  Unavailable: 'UNAVAILABLE',
  Ringing: 'RINGING',
  'Ring+Inuse': 'RINGINUSE',
  'On Hold': 'ONHOLD',
}

/**
 * The PJSIP endpoints.
 *
 * | told by | does | why that is right |
 * |---|---|---|
 * | PJSIPShowEndpoints, PJSIPShowContacts | replace all | each is one block, newer than every event before it |
 * | DeviceStateChange of `PJSIP/…` | sets the state | the last has the last value |
 * | ContactStatus | the endpoints are read | its `Removed` and `Created` of one contact may cross; the lists say what there is |
 */
export class Endpoints {
  readonly #context: StateContext
  readonly rules: Rules = {
    DeviceStateChange: (event, _now, cause) => this.#deviceTold(event, cause),
    ContactStatus: () => this.#context.stale({ area: 'endpoints' }),
  }

  constructor(context: StateContext) {
    this.#context = context
  }

  /** @param endpoints of PJSIPShowEndpoints. @param contacts of PJSIPShowContacts; they name what they belong to by their first word. */
  listed(endpoints: readonly Fields[], contacts: readonly Fields[]): void {
    const byAor = grouped(contacts, aorOf)
    const records = endpoints.map((item): [string, EndpointRecord] => {
      const name = textOf(item, 'ObjectName')
      const aors = textOf(item, 'Aor').split(',')
      const uris = aors.flatMap((aor) => (byAor.get(aor.trim()) ?? []).map((contact) => textOf(contact, 'Uri')))
      return [name, { name, deviceState: STATES[textOf(item, 'DeviceState')] ?? 'UNKNOWN', contacts: uris.sort() }]
    })
    replaceAll(this.#context.store, 'endpoints', new Map(records))
  }

  #deviceTold(event: Fields, cause: string): void {
    const device = textOf(event, 'Device')
    if (!device.startsWith(PREFIX)) return
    const before = this.#context.store.get('endpoints', device.slice(PREFIX.length))
    if (before === undefined) return
    const deviceState = deviceStateNamed(textOf(event, 'State'))
    this.#context.store.set('endpoints', before.name, { ...before, deviceState }, cause)
  }
}

/** A contact's `ObjectName` is `aor;@hash`, or, configured, `aor@@hash`. */
function aorOf(contact: Fields): string {
  return textOf(contact, 'ObjectName').split(/;@|@@/)[0] ?? ''
}
