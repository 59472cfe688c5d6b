/** One value of an action's header. */
export type HeaderValue = string | number | boolean

/** One of the values that Asterisk is known for, which editors offer, or any other. */
export type Known<Values extends string> = Values | (string & Record<never, never>)

/** One argument of an AGI command. */
export type AGIArgument = string | number

/** How the list of an action ends. */
export interface ListAction {
  /** The event that completes the list. */
  readonly completion?: string
  /** Where nothing announces the list, this event is all of it: its item and its end. */
  readonly single?: string
  /** No release announces the list. */
  readonly unannounced?: true
  /** Items of this name carry no ActionID; they are known by their place, between response and completion. */
  readonly itemsWithoutActionID?: string
}
