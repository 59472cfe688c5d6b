import { DEVICE_STATES } from '../../catalog/device-states.js'
import { deviceOf, type FakeDeviceState } from '../dialplan/devices.js'
import type { HeaderPairs } from '../handlers.js'

/** A member as it is made. */
export interface NewMember {
  readonly name: string
  readonly interface: string
  readonly stateInterface?: string | undefined
  readonly penalty: number
  readonly ringInUse: boolean
  readonly membership: 'static' | 'dynamic'
  /** When it came, in seconds since 1970. */
  readonly now: number
}

/** A member of a queue. */
export class QueueMember {
  readonly name: string
  readonly interface: string
  readonly stateInterface: string
  readonly membership: string
  readonly loginTime: number
  penalty: number
  ringInUse: boolean
  callsTaken = 0
  lastCall = 0
  lastPause = 0
  isInCall = false
  isPaused = false
  pausedReason = ''
  state: FakeDeviceState = 'NOT_INUSE'

  constructor(facts: NewMember) {
    this.name = facts.name
    this.interface = facts.interface
    this.stateInterface = facts.stateInterface ?? facts.interface
    this.membership = facts.membership
    this.loginTime = facts.now
    this.penalty = facts.penalty
    this.ringInUse = facts.ringInUse
  }

  get device(): string {
    return deviceOf(this.stateInterface)
  }

  /** Whether anybody could answer there at all. */
  get isReachable(): boolean {
    return this.state !== 'INVALID' && this.state !== 'UNAVAILABLE'
  }

  pause(isPaused: boolean, reason: string, now: number): void {
    this.isPaused = isPaused
    this.pausedReason = isPaused ? reason : ''
    if (isPaused) this.lastPause = now
  }

  /** What statistics count from now on. */
  reset(): void {
    this.callsTaken = 0
    this.lastCall = 0
  }

  /** The headers of an event about the member. */
  headers(queue: string): HeaderPairs {
    return [
      ['Queue', queue],
      ['MemberName', this.name],
      ['Interface', this.interface],
      ...this.#facts(),
      ['Ringinuse', Number(this.ringInUse)],
      ['Wrapuptime', 0],
    ]
  }

  /** The headers of an item of QueueStatus. */
  itemHeaders(queue: string): HeaderPairs {
    return [['Queue', queue], ['Name', this.name], ['Location', this.interface], ...this.#facts(), ['Wrapuptime', 0]]
  }

  #facts(): HeaderPairs {
    return [
      ['StateInterface', this.stateInterface],
      ['Membership', this.membership],
      ['Penalty', this.penalty],
      ['CallsTaken', this.callsTaken],
      ['LastCall', this.lastCall],
      ['LastPause', this.lastPause],
      ['LoginTime', this.loginTime],
      ['InCall', Number(this.isInCall)],
      ['Status', DEVICE_STATES.indexOf(this.state)],
      ['Paused', Number(this.isPaused)],
      ['PausedReason', this.pausedReason],
    ]
  }
}

/** The place of a member among others, as Asterisk's hash of interfaces has it (`member_hash_fn` in `apps/app_queue.c`). */
export function bucketOf(name: string): number {
  const resource = name.includes('/') ? name.slice(name.indexOf('/')) : name
  let hash = 0
  for (let at = 0; at < Math.min(5, resource.length); at += 1) hash += compressed(resource.charCodeAt(at)) * 64 ** at
  return Math.abs(hash | 0) % 37
}

function compressed(code: number): number {
  if (code < 32) return 0
  return code > 96 ? code - 64 : code - 32
}
