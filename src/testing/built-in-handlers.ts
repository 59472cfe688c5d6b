import { CLAIM_VARIABLE } from '../agi/async-agi-claim.js'
import type { AMIAction } from '../ami/protocol/action-reader.js'
import type { ServerHeaders } from '../ami/protocol/server-protocol.js'
import { databaseActions } from './database-actions.js'
import { emptyLists } from './empty-lists.js'
import {
  type ActionHandler,
  action,
  event,
  type FakeEvent,
  failure,
  headerPairs,
  type Reply,
  type Resolver,
  success,
} from './handlers.js'
import type { VERSIONS } from './options.js'

/** What the answers need from their fake. */
export interface BuiltInHost {
  readonly release: (typeof VERSIONS)[keyof typeof VERSIONS]
  readonly version: 16 | 22
  readonly startedAt: Date
  /** Asterisk's database, by `family/key`. */
  readonly database: Map<string, string>
  /** Global variables. */
  readonly globals: Map<string, string>
  /** The channels, as CoreShowChannels lists them. */
  channels(): FakeEvent[]
  /** The channels, or one of them, as Status lists them; undefined when that one is not there. */
  status(channel: string, variables: readonly string[], withAll: boolean): FakeEvent[] | undefined
  /** How many channels have run a dialplan. */
  readonly processed: number
  emit(name: string, headers: ServerHeaders): void
}

const PING = action('Ping', () => success({ Ping: 'Pong', Timestamp: (Date.now() / 1000).toFixed(6) }))

/** What comes when it is time for it, whatever a recording holds: pings, and AsyncAGI's word that a process is there. */
export const KEEP_ALIVES: readonly ActionHandler[] = [
  PING,
  action({ name: 'Setvar', headers: { Variable: new RegExp(`^${CLAIM_VARIABLE}_`) } }, () => success('Variable Set')),
]

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
        CoreCurrentCalls: host.channels().length,
        ...(host.version === 22 ? { CoreProcessedCalls: host.processed } : {}),
      }),
    ),
    action('CoreSettings', () =>
      success({
        AMIversion: host.release.ami,
        AsteriskVersion: host.release.asterisk,
        SystemName: '',
        CoreMaxCalls: 0,
        CoreMaxLoadAvg: '0.000000',
        CoreRunUser: '',
        CoreRunGroup: '',
        CoreMaxFilehandles: 0,
        CoreRealTimeEnabled: 'No',
        CoreCDRenabled: 'Yes',
        CoreHTTPenabled: 'Yes',
        ...(host.version === 22 ? { SoundsSearchCustomDir: 'No' } : {}),
      }),
    ),
    action('CoreShowChannels', () => host.channels()),
    action('Status', (request) => status(host, request)),
    ofGlobals('Setvar', (request) => {
      const [name = '', value = ''] = [request.get('Variable'), request.get('Value')]
      if (name === '') return failure('No variable specified')
      host.globals.set(name, value)
      host.emit('VarSet', { Channel: 'none', Uniqueid: 'none', Variable: name, Value: value })
      return success('Variable Set')
    }),
    ofGlobals('Getvar', (request) => {
      const name = request.get('Variable') ?? ''
      if (name === '') return failure('No variable specified')
      const plain = /^GLOBAL\((.*)\)$/.exec(name)?.[1] ?? name
      return success({ Variable: name, Value: host.globals.get(plain) ?? '' })
    }),
    action('BridgeList', () => bridgesOf(host.channels())),
    ...emptyLists(),
    // A fake has a dialplan, and no endpoints.
    action('PJSIPShowEndpoint', (request) => failure(`Unable to retrieve endpoint ${request.get('Endpoint') ?? ''}`)),
    action('UserEvent', (request) => {
      // Asterisk copies every header into the event, the sender's ActionID too.
      const headers = [...request.entries()].filter(([name]) => !['action', 'userevent'].includes(name.toLowerCase()))
      host.emit('UserEvent', [['UserEvent', request.get('UserEvent') ?? ''], ...headers])
      return success('Event Sent')
    }),
    ...databaseActions(host.database),
  ]
}

/** Without a channel; with one it is a matter of the dialplan, or of the test. */
function ofGlobals(name: 'Setvar' | 'Getvar', resolve: Resolver): ActionHandler {
  const { differs: _, ...handler } = action(name, resolve)
  const matches = (request: AMIAction) =>
    handler.matches(request) && ((request.get('Channel') ?? '') === '' || (request.get('Variable') ?? '') === '')
  return { ...handler, matches }
}

function status(host: BuiltInHost, request: AMIAction): Reply {
  const variables = (request.get('Variables') ?? '').split(',').filter((name) => name !== '')
  const withAll = ['true', 'yes', '1', 'on'].includes((request.get('AllVariables') ?? '').toLowerCase())
  const items = host.status(request.get('Channel') ?? '', variables, withAll)
  if (items === undefined) return failure('No such channel')
  return counted(items)
}

/** A list whose last event has the number of its items once more. */
function* counted(items: readonly FakeEvent[]): Iterable<FakeEvent> {
  yield* items
  return { Items: items.length }
}

/** The bridges that channels are in: two telephones each. */
function* bridgesOf(channels: Iterable<FakeEvent>): Generator<FakeEvent> {
  const ids = [...channels].map(({ headers }) => new Map(headerPairs(headers)).get('BridgeId'))
  for (const id of new Set(ids)) {
    if (id === undefined || id === '') continue
    yield event('BridgeListItem', {
      BridgeUniqueid: String(id),
      BridgeType: 'basic',
      BridgeTechnology: 'simple_bridge',
      BridgeCreator: '<unknown>',
      BridgeName: '<unknown>',
      BridgeNumChannels: ids.filter((each) => each === id).length,
      BridgeVideoSourceMode: 'none',
    })
  }
}
