import type { Rules, StateContext } from './area-state.js'
import { type Fields, grouped, identityOf, textOf } from './fields.js'
import type { BridgeRecord } from './records.js'

/**
 * The bridges, and who is in them.
 *
 * | told by | does | why that is right |
 * |---|---|---|
 * | BridgeList | the bridges that there are | one block, newer than every event before it |
 * | CoreShowChannels | who is in which | the same; a bridge that it names was created since, or is made by an event behind it |
 * | BridgeCreate, Enter, Leave, Destroy | as they say; Enter into an unknown bridge makes it | of one bridge they are in order, and every way ends in Destroy: what came and went before the list comes and goes again behind it, and nothing is told of it |
 * | BridgeVideoSourceUpdate, … | nothing | |
 */
export class Bridges {
  readonly #context: StateContext
  readonly rules: Rules = {
    BridgeCreate: (event, _now, cause) => this.#set(this.#bridgeOf(event), cause),
    BridgeEnter: (event, _now, cause) => this.#entered(event, cause),
    BridgeLeave: (event, _now, cause) => this.#left(event, cause),
    BridgeDestroy: (event, _now, cause) => this.#context.store.delete('bridges', textOf(event, 'BridgeUniqueid'), cause),
  }

  constructor(context: StateContext) {
    this.#context = context
  }

  bridgesListed(items: readonly Fields[]): void {
    const { store } = this.#context
    const listed = new Set(items.map((item) => textOf(item, 'BridgeUniqueid')))
    for (const item of items) this.#set(this.#bridgeOf(item), 'read')
    for (const id of store.keys('bridges')) if (!listed.has(id)) store.delete('bridges', id, 'read')
  }

  channelsListed(items: readonly Fields[]): void {
    const { store } = this.#context
    const byBridge = grouped(items, (item) => textOf(item, 'BridgeId'))
    for (const id of store.keys('bridges')) {
      const bridge = store.get('bridges', id) as BridgeRecord
      this.#set({ ...bridge, channels: sorted((byBridge.get(id) ?? []).map(channelOf)) }, 'read')
    }
  }

  #bridgeOf(fields: Fields): BridgeRecord {
    const id = textOf(fields, 'BridgeUniqueid')
    return {
      id,
      type: textOf(fields, 'BridgeType'),
      technology: textOf(fields, 'BridgeTechnology'),
      creator: identityOf(fields, 'BridgeCreator'),
      name: identityOf(fields, 'BridgeName'),
      channels: this.#context.store.get('bridges', id)?.channels ?? [],
    }
  }

  #entered(event: Fields, cause: string): void {
    const bridge = this.#bridgeOf(event)
    const channel = channelOf(event)
    const swapped = event.get('SwapUniqueid')
    const others = bridge.channels.filter(({ uniqueId }) => uniqueId !== channel.uniqueId && uniqueId !== swapped)
    this.#set({ ...bridge, channels: sorted([...others, channel]) }, cause)
  }

  #left(event: Fields, cause: string): void {
    const id = textOf(event, 'BridgeUniqueid')
    if (this.#context.store.get('bridges', id) === undefined) return
    const bridge = this.#bridgeOf(event)
    const own = textOf(event, 'Uniqueid')
    this.#set({ ...bridge, channels: bridge.channels.filter(({ uniqueId }) => uniqueId !== own) }, cause)
  }

  #set(bridge: BridgeRecord, cause: string): void {
    this.#context.store.set('bridges', bridge.id, bridge, cause)
  }
}

function channelOf(fields: Fields) {
  return { uniqueId: textOf(fields, 'Uniqueid'), channel: textOf(fields, 'Channel') }
}

/** In an order that does not depend on how they were told. */
function sorted<T extends { readonly uniqueId: string }>(channels: T[]): T[] {
  return channels.sort((one, two) => (one.uniqueId < two.uniqueId ? -1 : 1))
}
