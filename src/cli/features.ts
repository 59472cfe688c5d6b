import { quote } from '../core/checks.js'
import { nearestName } from '../core/nearest-name.js'
import { UsageError } from './usage-error.js'

/** Why an account needs a class. */
export interface Need {
  /** A class of manager.conf; of several, one is enough. */
  readonly classes: readonly string[]
  /** Completes "it is needed to hear of" (read), "it is needed" (write). */
  readonly for: string
  /** Whether the rest works without it. */
  readonly isOptional?: true
}

/** What a part of this library needs of the account that it logs in with. */
export interface Feature {
  readonly read: readonly Need[]
  readonly write: readonly Need[]
  readonly modules: readonly string[]
}

/** By their names, as `--for` takes them. Classes as `doc/core-en_US.xml` and `main/manager.c` have them (16 and 22). */
export const FEATURES: Readonly<Record<string, Feature>> = {
  calls: {
    read: [
      { classes: ['call'], for: 'what happens to calls: Newchannel, DialBegin, BridgeEnter, Hangup, OriginateResponse' },
      { classes: ['agent'], for: 'the queues that callers wait in: QueueCallerJoin, AgentConnect', isOptional: true },
      { classes: ['system'], for: 'the end of the boot: FullyBooted', isOptional: true },
    ],
    write: [
      { classes: ['originate'], for: 'to begin calls: Originate' },
      { classes: ['call'], for: 'to hang up, transfer and park: Hangup, Redirect, BlindTransfer, Park' },
      {
        classes: ['reporting', 'system'],
        for: 'to find the calls that live already, and those after an outage: CoreShowChannels',
      },
    ],
    modules: [],
  },
  live: {
    read: [
      { classes: ['agent'], for: 'queues: QueueMemberStatus, QueueCallerJoin' },
      { classes: ['call'], for: 'telephones, bridges, parking, conferences: DeviceStateChange, BridgeEnter, ParkedCall' },
      { classes: ['system'], for: 'registrations and reloads: ContactStatus, Reload' },
    ],
    write: [
      { classes: ['agent'], for: 'to add, pause and remove members: QueueAdd, QueuePause' },
      { classes: ['system'], for: 'to list telephones: PJSIPShowEndpoints' },
      { classes: ['call'], for: 'to list parked calls and device states: ParkedCalls, DeviceStateList' },
      { classes: ['reporting'], for: 'to list conferences: ConfbridgeListRooms' },
    ],
    modules: ['app_queue'],
  },
  asyncagi: {
    read: [{ classes: ['agi'], for: 'calls that wait for a script: AsyncAGIStart, AsyncAGIExec' }],
    write: [
      { classes: ['agi'], for: 'the commands of scripts: AGI' },
      { classes: ['call'], for: 'to find the calls that wait already: Status' },
    ],
    modules: ['res_agi'],
  },
  filters: {
    read: [],
    write: [{ classes: ['system'], for: 'to have Asterisk send fewer events: Filter' }],
    modules: [],
  },
}

/** The features of a list such as `calls,live`. @throws UsageError */
export function featuresOf(list: string): readonly [string, Feature][] {
  return list.split(',').map((text) => {
    const name = text.trim().toLowerCase()
    const feature = Object.hasOwn(FEATURES, name) ? FEATURES[name] : undefined
    if (feature !== undefined) return [name, feature]
    const known = Object.keys(FEATURES)
    const nearest = nearestName(name, known)
    const advice = nearest === undefined ? '.' : `; did you mean ${nearest}?`
    throw new UsageError(`--for does not know ${quote(text)}${advice} It takes ${known.join(', ')}, with commas between`)
  })
}

/** The classes that several features need together, each once; where one of several is enough, one that is needed anyway, if any. */
export function classesOf(needs: readonly Need[]): string[] {
  const certain = new Set(needs.filter(({ classes }) => classes.length === 1).flatMap(({ classes }) => classes))
  for (const { classes } of needs) if (!classes.some((each) => certain.has(each))) certain.add(classes[0] ?? '')
  return [...certain]
}
