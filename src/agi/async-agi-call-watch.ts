import type { ManagerConnection } from '../ami/client/manager-connection.js'
import { unlisted } from '../ami/messages/typed-names.js'
import type { Clock } from '../core/clock.js'
import type { CallWatch } from './call-watch.js'

/** Follows a call by the events `DialEnd` (class `call`) and `AgentConnect` (class `agent`). */
export class ManagerCallWatch implements CallWatch {
  answeredAt: number | undefined
  peer: string | undefined
  member: string | undefined
  readonly #stops: readonly (() => void)[]

  constructor(ami: ManagerConnection, clock: Clock, uniqueId: string) {
    const answered = (peer: string | undefined) => {
      this.peer = peer
      this.answeredAt ??= clock.now()
    }
    this.#stops = [
      ami.onEvent(unlisted('DialEnd'), (event) => {
        if (event.get('Uniqueid') === uniqueId && event.get('DialStatus') === 'ANSWER') answered(event.get('DestChannel'))
      }),
      ami.onEvent(unlisted('AgentConnect'), (event) => {
        if (event.get('Uniqueid') !== uniqueId) return
        this.member = event.get('Interface')
        answered(event.get('DestChannel'))
      }),
    ]
  }

  stop(): void {
    for (const stop of this.#stops) stop()
  }
}
