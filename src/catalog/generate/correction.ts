import type { EventList, Field, Release } from './entries.js'

/** Something that was seen on real servers of these releases. */
export interface Seen {
  readonly on: readonly Release[]
}

/** What servers send in an event besides, or in place of, what is documented. */
export interface EventCorrection extends Seen {
  /** The class that it is sent with. */
  readonly class?: string
  /** Headers that are sent too. */
  readonly adds?: readonly (string | Field)[]
  /** Documented headers that are sent by another name; the other name is in `adds`. */
  readonly drops?: readonly string[]
  /** Headers that are not in every event of this name. */
  readonly sometimes?: readonly string[]
  /** Any header can be in it. */
  readonly open?: true
}

/** What an action takes besides what is documented. */
export interface ActionCorrection extends Seen {
  readonly adds?: readonly (string | Field)[]
  /** Documented parameters that there are not. */
  readonly drops?: readonly string[]
  /** Parameters that may be given several times. */
  readonly repeats?: readonly string[]
  /** Parameters whose documented values are no values. */
  readonly anyValue?: readonly string[]
  /** What a caller must know of a parameter beyond its name, for its documentation. */
  readonly remarks?: Readonly<Record<string, string>>
  /** Any parameter may be given, once or several times. */
  readonly open?: true
}

/** What an AGI command takes in truth. */
export interface AGICorrection extends Seen {
  readonly adds?: readonly Field[]
  readonly renames?: Readonly<Record<string, string>>
  /** Documented as required. */
  readonly optional?: readonly string[]
  readonly values?: Readonly<Record<string, readonly string[]>>
}

/** The list that an action answers with. */
export interface ListCorrection extends Seen, EventList {}

/** All that the documentation leaves out or has wrong; by the names of events, actions and AGI commands. */
export interface Corrections {
  /** Events that are sent by another name than the documented, by the documented. */
  readonly spellings: Readonly<Record<string, Seen & { readonly event: string }>>
  /** Headers that each snapshot of a channel has besides. */
  readonly snapshotHeaders: readonly (Seen & { readonly header: Field })[]
  readonly events: Readonly<Record<string, readonly EventCorrection[]>>
  /** Events of which enough was seen to say that each has what is not `sometimes` there. The headers of the others are all optional. */
  readonly observed: Readonly<Record<Release, readonly string[]>>
  readonly actions: Readonly<Record<string, readonly ActionCorrection[]>>
  readonly lists: Readonly<Record<string, ListCorrection>>
  readonly agiCommands: Readonly<Record<string, readonly AGICorrection[]>>
}
