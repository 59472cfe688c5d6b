import type { AsyncAGILink } from './async-agi-link.js'

interface Fields {
  get(name: string): string | undefined
}

/** The channels of one manager connection that are in AsyncAGI, by Uniqueid; Asterisk before 12 tells of them by their names only. */
export class AsyncAGIChannels {
  readonly #byId = new Map<string, AsyncAGILink>()
  readonly #byName = new Map<string, AsyncAGILink>()

  add(link: AsyncAGILink): void {
    if (link.uniqueId !== '') this.#byId.set(link.uniqueId, link)
    this.#byName.set(link.channel, link)
  }

  /** The channel of an event. */
  find(fields: Fields): AsyncAGILink | undefined {
    const id = fields.get('Uniqueid')
    const named = this.#byName.get(fields.get('Channel') ?? '')
    return id === undefined || named?.uniqueId === '' ? named : this.#byId.get(id)
  }

  rename(link: AsyncAGILink, name: string): void {
    this.delete(link)
    link.channel = name
    this.add(link)
  }

  delete(link: AsyncAGILink): void {
    if (this.#byId.get(link.uniqueId) === link) this.#byId.delete(link.uniqueId)
    if (this.#byName.get(link.channel) === link) this.#byName.delete(link.channel)
  }
}
