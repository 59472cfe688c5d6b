import type { ServerHeaders } from '../ami/protocol/server-protocol.js'
import { type ActionHandler, action, event, type FakeEvent, failure, headerPairs, success } from './handlers.js'
import type { VERSIONS } from './options.js'

/** What the answers need from their fake. */
export interface BuiltInHost {
  readonly version: (typeof VERSIONS)[keyof typeof VERSIONS]
  readonly startedAt: Date
  channels(): Iterable<FakeEvent>
  emit(name: string, headers: ServerHeaders): void
}

export const PING = action('Ping', () => success({ Ping: 'Pong', Timestamp: (Date.now() / 1000).toFixed(6) }))

/** What every Asterisk answers. */
export function builtInHandlers(host: BuiltInHost): ActionHandler[] {
  const [date, time] = [() => host.startedAt.toISOString().slice(0, 10), () => host.startedAt.toISOString().slice(11, 19)]
  return [
    PING,
    action('CoreStatus', () =>
      success({
        CoreStartupDate: date(),
        CoreStartupTime: time(),
        CoreReloadDate: date(),
        CoreReloadTime: time(),
        CoreCurrentCalls: 0,
      }),
    ),
    action('CoreSettings', () =>
      success({ AMIversion: host.version.ami, AsteriskVersion: host.version.asterisk, SystemName: '' }),
    ),
    action('CoreShowChannels', () => host.channels()),
    action('BridgeList', () => bridgesOf(host.channels())),
    // A fake has a dialplan, and no endpoints.
    action('PJSIPShowEndpoint', (request) => failure(`Unable to retrieve endpoint ${request.get('Endpoint') ?? ''}`)),
    action('UserEvent', (request) => {
      // Asterisk copies every header into the event, the sender's ActionID too.
      const headers = [...request.entries()].filter(([name]) => name.toLowerCase() !== 'action')
      host.emit('UserEvent', headers)
      return success('Event Sent')
    }),
  ]
}

/** The bridges that channels are in: two telephones each. */
function* bridgesOf(channels: Iterable<FakeEvent>): Generator<FakeEvent> {
  const ids = [...channels].map(({ headers }) => new Map(headerPairs(headers)).get('BridgeId'))
  for (const id of new Set(ids)) {
    if (id === undefined || id === '') continue
    yield event('BridgeListItem', {
      BridgeUniqueid: id,
      BridgeType: 'basic',
      BridgeTechnology: 'simple_bridge',
      BridgeCreator: '<unknown>',
      BridgeName: '<unknown>',
      BridgeNumChannels: ids.filter((each) => each === id).length,
      BridgeVideoSourceMode: 'none',
    })
  }
}
