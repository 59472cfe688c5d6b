import { EVENT_CLASSES } from '../catalog/event-classes.js'

const CLASS_BY_EVENT = new Map(
  Object.entries(EVENT_CLASSES).flatMap(([name, events]) => events.map((event) => [event.toLowerCase(), name] as const)),
)

/** The class of an event; `user` for one that is not known. */
export function eventClass(event: string): string {
  return CLASS_BY_EVENT.get(event.toLowerCase()) ?? 'user'
}
