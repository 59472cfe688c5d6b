import { CALL_RECORD_VERSION } from './call-record.js'

/** A JSON Schema, as far as it is used here. */
export interface JSONSchema {
  readonly [keyword: string]: unknown
}

const text = { type: 'string' }
const number = { type: 'number' }
const flag = { type: 'boolean' }
const time = { type: 'string', format: 'date-time' }
const orNull = (schema: JSONSchema): JSONSchema => ({ anyOf: [schema, { type: 'null' }] })
const oneOf = (...values: string[]): JSONSchema => ({ enum: values })
/** An object with exactly these members, but for those named `optional`. */
const object = (properties: Readonly<Record<string, JSONSchema>>, ...optional: string[]): JSONSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
})
const list = (items: JSONSchema): JSONSchema => ({ type: 'array', items })

const party = object({
  uniqueId: text,
  channel: text,
  endpoint: text,
  number: text,
  name: text,
  isWithheld: flag,
  role: oneOf('caller', 'called'),
  startedAt: time,
  ringingAt: orNull(time),
  answeredAt: orNull(time),
  endedAt: orNull(time),
  cause: orNull(number),
  causeText: orNull(text),
  techCause: orNull(text),
  dialStatus: orNull(text),
})

const leg = object({ answered: flag, dialStatus: orNull(text), cause: number, causeText: text, party: orNull(text) })

const queue = object({
  queue: text,
  position: number,
  joinedAt: time,
  leftAt: orNull(time),
  result: orNull(oneOf('connected', 'abandoned', 'timeout', 'other')),
  member: orNull(text),
})

const transfer = object({
  kind: oneOf('blind', 'attended'),
  at: time,
  uniqueId: text,
  channel: text,
  transferee: orNull(text),
  to: orNull(text),
})

const recording = object({ channel: text, startedAt: time, endedAt: orNull(time) })

const parking = object({
  lot: text,
  space: text,
  parkedAt: time,
  endedAt: orNull(time),
  result: orNull(oneOf('retrieved', 'timeout', 'abandoned')),
  retriever: orNull(text),
})

const reason = oneOf(
  'busy',
  'noAnswer',
  'cancelled',
  'abandoned',
  'timeout',
  'rejected',
  'congestion',
  'unavailable',
  'unknownNumber',
  'unknownEndpoint',
)

const outcome = object({
  result: oneOf('ended', 'failed', 'lost'),
  answered: flag,
  talked: flag,
  cause: number,
  causeText: text,
  techCause: orNull(text),
  dialStatus: orNull(text),
  reason: orNull(reason),
  originateReason: orNull(number),
  legs: object({ a: leg, b: leg }, 'b'),
  mergedInto: orNull(text),
  error: orNull(text),
})

/** The JSON Schema (2020-12) of what `JSON.stringify(call)` writes. */
export const CALL_RECORD_SCHEMA: JSONSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Call',
  ...object({
    version: { const: CALL_RECORD_VERSION },
    id: text,
    linkedId: text,
    origin: oneOf('ours', 'device', 'other', 'unknown'),
    direction: oneOf('inbound', 'outbound', 'internal', 'unknown'),
    status: oneOf('queued', 'dialing', 'ringing', 'up', 'bridged', 'ended', 'failed', 'lost'),
    isComplete: flag,
    callerNumber: orNull(text),
    callerName: orNull(text),
    context: orNull(text),
    exten: orNull(text),
    startedAt: orNull(time),
    answeredAt: orNull(time),
    endedAt: orNull(time),
    ringMs: orNull(number),
    talkMs: orNull(number),
    caller: orNull(text),
    answeredBy: orNull(text),
    hungUpBy: orNull(text),
    parties: list(party),
    queue: orNull(queue),
    transfers: list(transfer),
    recordings: list(recording),
    parking: orNull(parking),
    outcome: orNull(outcome),
  }),
}
