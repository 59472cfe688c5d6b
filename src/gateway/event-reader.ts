import type { ServerResponse } from 'node:http'
import type { Feed } from './feed.js'
import type { Scope } from './scope.js'

/** So that proxies do not take a quiet connection for a dead one. */
const ALIVE_MS = 15_000
/** What a reader who takes nothing may have waiting; it is let go then, and comes back to a snapshot. */
const MOST_WAITING_BYTES = 1 << 20

/** One reader of server-sent events. */
export class EventReader {
  readonly #feed: Feed
  readonly #scope: Scope
  readonly #response: ServerResponse
  readonly #stop: () => void
  readonly #alive: NodeJS.Timeout
  #version: string

  /** @param from the last event that the reader had, if it comes back. @param ended is called once. */
  constructor(feed: Feed, scope: Scope, response: ServerResponse, from: string | undefined, ended: () => void) {
    this.#feed = feed
    this.#scope = scope
    this.#response = response
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    })
    this.#version = from ?? ''
    if (from === undefined || feed.since(from, scope) === undefined) this.#sendSnapshot()
    this.#stop = feed.onPatch(() => this.#sendPatches())
    this.#alive = setInterval(() => this.#write(':\n\n'), ALIVE_MS)
    response.once('close', () => {
      clearInterval(this.#alive)
      this.#stop()
      ended()
    })
    this.#sendPatches()
  }

  close(): void {
    this.#response.end()
  }

  #sendSnapshot(): void {
    const state = this.#feed.state(this.#scope)
    this.#version = state.version
    this.#write(`id: ${state.version}\nevent: snapshot\ndata: ${JSON.stringify(state)}\n\n`)
  }

  #sendPatches(): void {
    const patches = this.#feed.since(this.#version, this.#scope)
    if (patches === undefined) {
      this.#sendSnapshot()
      return
    }
    for (const { id, text } of patches) {
      this.#version = id
      this.#write(`id: ${id}\nevent: patch\ndata: ${text}\n\n`)
    }
  }

  #write(text: string): void {
    if (this.#response.writableLength > MOST_WAITING_BYTES) this.#response.destroy()
    else this.#response.write(text)
  }
}
