import type { ServerHeaders } from '../ami/protocol/server-protocol.js'
import { type ActionHandler, action, type FakeEvent, success } from './handlers.js'
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
    action('UserEvent', (request) => {
      // Asterisk copies every header into the event, the sender's ActionID too.
      const headers = [...request.entries()].filter(([name]) => name.toLowerCase() !== 'action')
      host.emit('UserEvent', headers)
      return success('Event Sent')
    }),
  ]
}
