declare const isUnlisted: unique symbol
/** A name that the compiler lets pass though the catalog does not list it; `unlisted` makes one. */
export type Unlisted<Name extends string = string> = Name & { readonly [isUnlisted]: true }

/**
 * Says that a name is meant, though the catalog does not list it: an action, event or AGI command of a module from elsewhere, of
 * another release, or a header or parameter that only some servers have. Its headers are open: any name, any text. An event that
 * the catalog does list keeps its own headers; an action that it lists takes any parameter, an AGI command any arguments.
 *
 * @example
 * await ami.sendAction(unlisted('QueueTune'), { Queue: 'support', Speed: 3 })
 */
export function unlisted<const Name extends string>(name: Name): Unlisted<Name> {
  return name as Unlisted<Name>
}

/** The name itself, as `event.name` has it. */
export type PlainName<Name extends string> = Name extends Unlisted<infer Plain> ? Plain : Name
