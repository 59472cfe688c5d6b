import type { AMIAction } from '../ami/action-reader.js'
import type { ServerHeaders } from '../ami/server-protocol.js'

/** An answer that a handler gives. */
export class FakeResponse {
  readonly type: string
  readonly headers: ServerHeaders

  constructor(type: string, headers: ServerHeaders) {
    this.type = type
    this.headers = headers
  }
}

/** An event that a handler gives: an item of its list. */
export class FakeEvent {
  readonly name: string
  readonly headers: ServerHeaders

  constructor(name: string, headers: ServerHeaders) {
    this.name = name
    this.headers = headers
  }
}

/** What a list yields: its items; a `success(…)` first sets the headers of the response before them. */
export type ListPart = FakeEvent | FakeResponse

/**
 * What a resolver may return: an answer; items, for an action that answers with a list; nothing, for no answer at all. What a generator
 * returns are headers that the list's last event has besides its own.
 */
export type Reply = FakeResponse | Iterable<ListPart> | AsyncIterable<ListPart> | undefined

export type Resolver = (action: AMIAction) => Reply | Promise<Reply>

/** A rule of the fake: which action, and what to answer. */
export interface ActionHandler {
  /** The action's name, in any case. */
  readonly name: string
  readonly resolve: Resolver
}

/** Answers an action by its name. A handler made later by `use` goes before one made earlier. */
export function action(name: string, resolve: Resolver): ActionHandler {
  return { name, resolve }
}

/** `Response: Success`. A text is its `Message`. */
export function success(headers: ServerHeaders | string = {}): FakeResponse {
  return new FakeResponse('Success', typeof headers === 'string' ? { Message: headers } : headers)
}

/** `Response: Error` with its `Message`. */
export function failure(message: string, headers: ServerHeaders = {}): FakeResponse {
  return new FakeResponse('Error', [['Message', message], ...headerPairs(headers)])
}

/** An item of a list. */
export function event(name: string, headers: ServerHeaders = {}): FakeEvent {
  return new FakeEvent(name, headers)
}

export type HeaderPairs = (readonly [name: string, value: unknown])[]

/** Headers as pairs. */
export function headerPairs(headers: ServerHeaders): HeaderPairs {
  return Symbol.iterator in headers ? [...(headers as Iterable<readonly [string, unknown]>)] : Object.entries(headers)
}
