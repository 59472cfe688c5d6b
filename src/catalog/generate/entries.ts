/** The number of a major release: 22. */
export type Release = number

/** A parameter of an action, a header of an event, an argument of an AGI command. */
export interface Field {
  readonly name: string
  /** What the documentation says, which is silent about most; after the corrections, what is certain. */
  readonly required: boolean | undefined
  /** The values that the documentation lists, if it lists values. */
  readonly values: readonly string[]
  /** It may be there several times. */
  readonly repeats?: boolean
  /** What a caller must know of it beyond its name. */
  readonly remark?: string | undefined
}

/** The names of the events that an action answers with, and how that differs from the usual list. */
export interface EventList {
  readonly items: readonly string[]
  /** The event that ends the list; undefined where its one item does. */
  readonly completion: string | undefined
  /** Where nothing announces the list, its one item is the whole answer. */
  readonly single?: true
  /** No release announces it. */
  readonly unannounced?: true
  /** Some answers of the action are no list. */
  readonly notAlways?: true
  /** Its items carry no ActionID. */
  readonly itemsWithoutActionID?: true
}

export interface Action {
  readonly name: string
  readonly parameters: readonly Field[]
  readonly list?: EventList | undefined
  /** It takes any parameter. */
  readonly open?: boolean
}

export interface Event {
  readonly name: string
  /** The class that the server files it under (`call`); undefined for one that is only the item or the end of a list. */
  readonly class: string | undefined
  readonly headers: readonly Field[]
  /** It can have any header. */
  readonly open?: boolean
  /** The documentation's spelling of the name; undefined when the corrections alone know it. */
  readonly documentedAs?: string | undefined
}

export interface AGICommand {
  /** In capitals: `CHANNEL STATUS`. */
  readonly name: string
  readonly arguments: readonly Field[]
}

/** What one release of Asterisk publishes about itself, in `core-en_US.xml`. */
export interface Documentation {
  readonly actions: ReadonlyMap<string, Action>
  readonly events: ReadonlyMap<string, Event>
  readonly agiCommands: ReadonlyMap<string, AGICommand>
}
