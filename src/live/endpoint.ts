import type { Call } from '../calls/call.js'
import type { DeviceState } from '../catalog/device-states.js'
import type { EndpointRecord } from './state/records.js'
import { View } from './view.js'

/** A PJSIP endpoint. */
export class Endpoint extends View<EndpointRecord> {
  get name(): string {
    return this.record.name
  }

  get deviceState(): DeviceState {
    return this.record.deviceState
  }

  /** The URIs where it is registered. */
  get contacts(): readonly string[] {
    return this.record.contacts
  }

  /** The call that it is in. Needs the option `calls`. */
  get call(): Call | undefined {
    return this.host.callAt(`PJSIP/${this.name}`)
  }
}
