import { EventEmitter } from 'eventemitter3'
import type { ConnectionStatus } from '../ami/client/status.js'
import type { Gap } from '../core/gap.js'
import { checkListener, guarded } from '../core/listeners.js'

/** What `fleet.on` tells of, each with the PBX's name. */
export interface FleetEvents {
  /** A PBX cannot be logged in to (it is tried again), or a listener threw there. */
  error: (error: Error, pbx: string) => void
  status: (status: ConnectionStatus, pbx: string) => void
  /** Events of a PBX were missed. */
  gap: (gap: Gap, pbx: string) => void
}

const NAMES: Readonly<Record<keyof FleetEvents, true>> = { error: true, status: true, gap: true }

/** Tells listeners; what one of them throws harms nobody else. */
export class FleetListeners {
  readonly #emitter = new EventEmitter<FleetEvents>()

  /** @throws TypeError for a name that there is not, and for a listener that is no function. */
  on<Name extends keyof FleetEvents>(name: Name, listener: FleetEvents[Name]): () => void {
    checkListener(name, NAMES)
    const safe = guarded(listener as (...facts: never[]) => unknown, warn)
    this.#emitter.on(name, safe as never)
    return () => {
      this.#emitter.off(name, safe as never)
    }
  }

  status(status: ConnectionStatus, pbx: string): void {
    this.#emitter.emit('status', status, pbx)
  }

  gap(gap: Gap, pbx: string): void {
    this.#emitter.emit('gap', gap, pbx)
  }

  report(error: Error, pbx: string): void {
    if (!this.#emitter.emit('error', error, pbx)) warn(error)
  }
}

/** Nobody listens: it must not end the process, and not be lost. */
function warn(error: Error): void {
  process.emitWarning(error)
}
