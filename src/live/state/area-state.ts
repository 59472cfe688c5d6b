import type { Fields } from './fields.js'
import type { Store } from './store.js'

/** What every area works on. */
export interface StateContext {
  readonly store: Store
  /** How far the server's clock is ahead of ours, in ms. */
  serverAheadMs: number
  /** Says that something must be read again, since no event tells it. */
  readonly stale: (what: Stale) => void
}

/** What is to be read again: a queue's numbers and callers, a member with its own numbers, or all of an area. */
export type Stale =
  | { readonly area: 'queue'; readonly queue: string; readonly member?: string | undefined }
  | { readonly area: 'endpoints' | 'conferences' | 'everything' }

/** What the events of one name do, at this moment of our clock. */
export type Rule = (event: Fields, now: number, name: string) => void

/** The rules of an area, by the names of the events. */
export type Rules = Readonly<Record<string, Rule>>
