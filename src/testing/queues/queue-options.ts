import {
  either,
  flag,
  line,
  milliseconds,
  type OptionsShape,
  oneOf,
  recordOf,
  required,
  section,
  wholeNumber,
} from '../../core/options.js'

/** Whom a queue calls: everybody, or one after another in an order. */
export type QueueStrategy = 'ringall' | 'rrmemory' | 'leastrecent' | 'fewestcalls' | 'linear' | 'random'

/** A member of a queue. */
export interface FakeQueueMember {
  /** What is called: `PJSIP/101`, or `Local/101@default/n`. A telephone that the dialplan does not have rings, and nobody answers it. */
  readonly interface: string
  /** The device whose state is the member's. @default the interface */
  readonly stateInterface?: string | undefined
  /** Those with the lowest penalty are called. @default 0 */
  readonly penalty?: number | undefined
  /** Whether the member is paused; a text is the reason. @default false */
  readonly paused?: boolean | string | undefined
}

/** A queue, as queues.conf has it. */
export interface FakeQueueOptions {
  /** The members by name; a text is the interface. */
  readonly members?: Readonly<Record<string, string | FakeQueueMember>> | undefined
  /** @default 'ringall' */
  readonly strategy?: QueueStrategy | undefined
  /** How long a member is called at a time. @default 15_000 */
  readonly timeoutMs?: number | undefined
  /** How long the queue waits before it calls members again. @default 5_000 */
  readonly retryMs?: number | undefined
  /** How long a member rests after a call. @default 0 */
  readonly wrapUpMs?: number | undefined
  /** Whether a member is called who has a call already. @default true */
  readonly ringInUse?: boolean | undefined
  /** How many callers may wait; 0: any number. @default 0 */
  readonly maxLength?: number | undefined
  /** Whether callers may join when no member could ever answer. @default true */
  readonly joinEmpty?: boolean | undefined
  /** Whether callers leave when no member could answer any more. @default false */
  readonly leaveWhenEmpty?: boolean | undefined
  /** Within which time a call counts as answered in time. @default 0 */
  readonly serviceLevelMs?: number | undefined
  /** @default 0 */
  readonly weight?: number | undefined
}

const MEMBER_SHAPE: OptionsShape<FakeQueueMember> = {
  interface: required(line),
  stateInterface: line,
  penalty: wholeNumber(0),
  paused: either(flag, line),
}

export const QUEUE_SHAPE: OptionsShape<FakeQueueOptions> = {
  members: recordOf(either(line, section(MEMBER_SHAPE))),
  strategy: oneOf('ringall', 'rrmemory', 'leastrecent', 'fewestcalls', 'linear', 'random'),
  timeoutMs: milliseconds(),
  retryMs: milliseconds(0),
  wrapUpMs: milliseconds(0),
  ringInUse: flag,
  maxLength: wholeNumber(0),
  joinEmpty: flag,
  leaveWhenEmpty: flag,
  serviceLevelMs: milliseconds(0),
  weight: wholeNumber(0),
}
