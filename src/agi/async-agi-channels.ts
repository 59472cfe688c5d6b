import type { AsyncAGIConnection } from './async-agi-connection.js'

interface Fields {
  get(name: string): string | undefined
}

/** The channels of one manager connection that are in AsyncAGI, by Uniqueid; Asterisk before 12 tells of them by their names only. */
export class AsyncAGIChannels {
  readonly #byId = new Map<string, AsyncAGIConnection>()
  readonly #byName = new Map<string, AsyncAGIConnection>()

  add(connection: AsyncAGIConnection): void {
    if (connection.uniqueId !== '') this.#byId.set(connection.uniqueId, connection)
    this.#byName.set(connection.channel, connection)
  }

  /** The channel of an event. */
  find(fields: Fields): AsyncAGIConnection | undefined {
    return this.at(fields.get('Channel') ?? '', fields.get('Uniqueid'))
  }

  at(channel: string, uniqueId: string | undefined): AsyncAGIConnection | undefined {
    const named = this.#byName.get(channel)
    return uniqueId === undefined || named?.uniqueId === '' ? named : this.#byId.get(uniqueId)
  }

  rename(connection: AsyncAGIConnection, name: string): void {
    this.delete(connection)
    connection.channel = name
    this.add(connection)
  }

  delete(connection: AsyncAGIConnection): void {
    if (this.#byId.get(connection.uniqueId) === connection) this.#byId.delete(connection.uniqueId)
    if (this.#byName.get(connection.channel) === connection) this.#byName.delete(connection.channel)
  }
}
