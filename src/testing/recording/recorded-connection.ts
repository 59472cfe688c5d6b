import { ActionReader, type AMIAction } from '../../ami/protocol/action-reader.js'
import { listShape } from '../../ami/protocol/list-actions.js'
import { type TextCodec, textCodec } from '../../core/text-codec.js'
import { idPattern, idsOf, isKeepAlive } from './recorded-ids.js'
import { messageOf, type RecordedItem } from './recording.js'

/** An action of a recording. */
export interface RecordedAction {
  readonly action: AMIAction
  readonly atMs: number
}

/** What the server did once. */
export interface RecordedStep {
  /** Its place among the steps. */
  readonly order: number
  /** The actions without which it would not have. */
  readonly after: readonly RecordedAction[]
  readonly atMs: number
  /** Milliseconds since the last of them. */
  readonly afterMs: number
  /** What it said; undefined: it ended the connection. */
  readonly lines: readonly string[] | undefined
}

/** One connection of a recording. */
export interface RecordedConnection {
  readonly greeting: string
  readonly actions: readonly RecordedAction[]
  readonly steps: readonly RecordedStep[]
}

/** The connections of a recording, in the order in which they were made. */
export function connectionsOf(items: readonly RecordedItem[], encoding: string): RecordedConnection[] {
  const codec = textCodec(encoding)
  const connections = new Map<number, RecordedItem[]>()
  for (const item of items) {
    const connection = connections.get(item.connection)
    if (connection === undefined) connections.set(item.connection, [item])
    else connection.push(item)
  }
  return [...connections.values()].map((connection) => connectionOf(connection, codec))
}

function connectionOf(items: readonly RecordedItem[], codec: TextCodec): RecordedConnection {
  const actions = items.flatMap((item) => {
    const action = item.direction === '>' ? actionOf(item.lines, codec) : undefined
    return action === undefined ? [] : [{ item, recorded: { action, atMs: item.atMs } }]
  })
  const byItem = new Map(actions.map(({ item, recorded }) => [item, recorded]))
  const pattern = idPattern(actions.flatMap(({ recorded }) => idsOf(recorded.action)))
  const givenUp = new Set(
    items.flatMap(({ direction, lines }) => (direction === '=' ? (/^late (.+)$/.exec(lines[0] ?? '')?.[1] ?? []) : [])),
  )
  const greeting = items.find(({ direction }) => direction === '<')
  const steps: RecordedStep[] = []
  const owners = new Map<string, RecordedAction>()
  let latest: RecordedAction | undefined
  for (const item of items) {
    const recorded = byItem.get(item)
    if (recorded !== undefined) {
      for (const id of idsOf(recorded.action)) owners.set(id, recorded)
      if (!isKeepAlive(recorded.action)) latest = recorded
    } else if ((item.direction === '<' && item !== greeting) || (item.direction === '=' && item.lines[0] === 'lost')) {
      const lines = item.direction === '<' ? item.lines : undefined
      const own = answered(lines, owners)
      // The client had given the action up: an answer that comes sooner would be none of this recording's.
      if (own !== undefined && givenUp.has(own[0].action.actionId)) continue
      const after = own ?? [latest, ...mentioned(lines, pattern, owners)]
      const needed = [...new Set(after)].filter((each) => each !== undefined)
      const since = Math.max(0, ...needed.map(({ atMs }) => atMs))
      steps.push({ order: steps.length, after: needed, atMs: item.atMs, afterMs: item.atMs - since, lines })
    }
  }
  return { greeting: greeting?.lines[0] ?? '', actions: actions.map(({ recorded }) => recorded), steps }
}

/** As the server read it; undefined for what it refused to read. */
function actionOf(lines: readonly string[], codec: TextCodec): AMIAction | undefined {
  let action: AMIAction | undefined
  const reader = new ActionReader(
    (bytes) => codec.decode(bytes),
    (read) => {
      if (read.kind === 'action') action = read.action
    },
  )
  reader.push(messageOf(lines))
  return action
}

/** The action that a message answers: it needs no other. */
function answered(lines: readonly string[] = [], owners: ReadonlyMap<string, RecordedAction>): [RecordedAction] | undefined {
  const id = lines.map((line) => /^ActionID: *(.*)$/i.exec(line)?.[1]).find((found) => found !== undefined)
  const owner = id === undefined ? undefined : owners.get(id)
  if (owner === undefined) return undefined
  return /^Response:/i.test(lines[0] ?? '') || listShape(owner.action.name) !== undefined ? [owner] : undefined
}

function mentioned(
  lines: readonly string[] = [],
  pattern: RegExp,
  owners: ReadonlyMap<string, RecordedAction>,
): (RecordedAction | undefined)[] {
  return (lines.join('\n').match(pattern) ?? []).map((id) => owners.get(id))
}
