import { CLAIM_VARIABLE } from '../agi/async-agi-claim.js'
import type { AMIAction } from '../ami/protocol/action-reader.js'
import type { ServerHeaders } from '../ami/protocol/server-protocol.js'
import type { Account } from './account.js'
import { emptyLists } from './empty-lists.js'
import {
  type ActionHandler,
  action,
  command,
  event,
  type FakeEvent,
  failure,
  headerPairs,
  type Reply,
  success,
} from './handlers.js'
import type { VERSIONS } from './options.js'
import { configActions } from './state/config-actions.js'
import { databaseActions } from './state/database-actions.js'
import { deviceActions } from './state/device-actions.js'
import { endpointActions } from './state/endpoint-actions.js'
import type { FakeState } from './state/fake-state.js'
import { variableActions } from './state/variable-actions.js'

/** What the answers need from their fake. */
export interface BuiltInHost {
  readonly release: (typeof VERSIONS)[keyof typeof VERSIONS]
  readonly version: 16 | 22
  readonly startedAt: Date
  readonly state: FakeState
  /** By name, in small letters. */
  readonly accounts: ReadonlyMap<string, Account>
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
    command(/^manager show user \S+$/, (text) => {
      const name = text.split(' ').at(-1) ?? ''
      return host.accounts.get(name.toLowerCase())?.describe(name) ?? `There is no manager called ${name}`
    }),
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
    action('BridgeList', () => bridgesOf(host.channels())),
    ...emptyLists(),
    action('UserEvent', (request) => {
      // Asterisk copies every header into the event, the sender's ActionID too.
      const headers = [...request.entries()].filter(([name]) => !['action', 'userevent'].includes(name.toLowerCase()))
      host.emit('UserEvent', [['UserEvent', request.get('UserEvent') ?? ''], ...headers])
      return success('Event Sent')
    }),
    ...variableActions(host.state),
    ...databaseActions(host.state.database),
    ...deviceActions(host.state),
    ...endpointActions(host.state.devices, (device) => channelsOf(host.channels(), device)),
    ...configActions(host.state.configs, host.version),
  ]
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

/** The names of a device's channels. */
function channelsOf(channels: Iterable<FakeEvent>, device: string): string[] {
  const names = [...channels].map(({ headers }) => String(new Map(headerPairs(headers)).get('Channel')))
  return names.filter((name) => name.startsWith(`${device}-`))
}
