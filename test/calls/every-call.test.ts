import { CALL_RECORD_SCHEMA, type Call, type CallManagerOptions } from 'obelus-asterisk'
import { action, event, failure, success } from 'obelus-asterisk/testing'
import { describe, expect, it } from 'vitest'
import { CallRig } from '../support/call-rig.js'
import { type RecordedEvent, recordedCall } from '../support/recorded-call.js'
import { settle } from '../support/virtual-clock.js'

const recording = (name: string) => recordedCall(`telephony-22/${name}`)

async function played(name: string, options: CallManagerOptions = {}) {
  const rig = await CallRig.open(options)
  const all = rig.calls.all()
  const incoming = rig.calls.incoming()
  await rig.play(recording(name))
  const calls: Call[] = []
  for (let left = all.buffered; left > 0; left -= 1) calls.push((await all.next()).value)
  return { rig, calls, incoming, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() }
}

/** The channels of a recording as the server lists them after so many events, with the bridges that they are in. */
const half = (events: readonly RecordedEvent[]) => events.findIndex(({ name }) => name === 'HangupRequest')

const listed = (events: readonly RecordedEvent[]) => {
  const channels = new Map<string, Record<string, string>>()
  for (const { name, headers } of events) {
    const fields = Object.fromEntries(headers)
    const id = fields.Uniqueid ?? ''
    if (name === 'Newchannel') {
      const isDialed = fields.ChannelState === '0'
      channels.set(id, { ...fields, BridgeId: '', Application: isDialed ? 'AppDial' : 'Dial', Duration: '00:00:05' })
    } else if (name === 'Newstate') Object.assign(channels.get(id) ?? {}, { ChannelState: fields.ChannelState })
    else if (name === 'BridgeEnter') Object.assign(channels.get(id) ?? {}, { BridgeId: fields.BridgeUniqueid })
    else if (name === 'BridgeLeave') Object.assign(channels.get(id) ?? {}, { BridgeId: '' })
    else if (name === 'Hangup') channels.delete(id)
  }
  return [...channels.values()]
}

describe('every call', () => {
  it('of telephones, of trunks and of other programs is told, once', async () => {
    await using device = await played('simple')
    expect(device.calls.map(({ origin }) => origin)).toEqual(['device'])
    await using other = await played('originatelocal')
    expect(other.calls.map(({ origin, caller }) => [origin, caller?.endpoint])).toEqual([['other', 'PJSIP/101']])
    expect(other.incoming.buffered).toBe(0)
  })

  it('has a direction, where the options say what is outside', async () => {
    const options = { trunks: ['PJSIP/trunk'] }
    for (const [name, direction, expected] of [
      ['simple', 'internal', 0],
      ['outbound', 'outbound', 0],
      ['hunt', 'inbound', 1],
    ] as const) {
      await using told = await played(name, options)
      expect([told.calls[0]?.direction, told.incoming.buffered]).toEqual([direction, expected])
    }
    await using byContext = await played('hunt', { inboundContexts: ['from-trunk'] })
    expect([byContext.calls[0]?.direction, byContext.incoming.buffered]).toEqual(['inbound', 1])
    await using unknown = await played('simple')
    expect([unknown.calls[0]?.direction, unknown.incoming.buffered]).toEqual(['unknown', 1])
  })

  it.each([
    [{ trunks: 'PJSIP/trunk' }, /trunks must be a list/],
    [{ trunks: [''] }, /trunks\[0\] must be/],
    [{ inboundContexts: [1] }, /inboundContexts\[0\] must be/],
  ])('refuses %j', async (options, message) => {
    await expect(CallRig.open(options as unknown as CallManagerOptions)).rejects.toThrow(message)
  })

  it('is found by an event, a Uniqueid or a Linkedid, also when it has ended', async () => {
    await using told = await played('attrefer')
    const [first, second] = told.calls
    expect(second?.mergedInto).toBe(first)
    expect(first?.uniqueIds.every((id) => told.rig.calls.of(id) !== undefined)).toBe(true)
    expect(told.rig.calls.of(first?.linkedId ?? '')).toBe(first)
    expect(told.rig.calls.of('unheard of')).toBeUndefined()
  })

  it('leads from a party to its call, and from there to whom it talks with', async () => {
    await using rig = await CallRig.open()
    const events = recording('simple')
    await rig.play(events.slice(0, half(events)))
    const [call] = rig.calls.trackedCalls as [Call]
    const [caller, called] = call.parties
    expect(caller?.call).toBe(call)
    expect(caller !== undefined && call.talkingWith(caller)).toEqual([called])
    expect(called !== undefined && call.talkingWith(called)).toEqual([caller])
  })
})

describe('calls that nobody saw begin', () => {
  it('are told, marked, and end; what only their first event had is undefined', async () => {
    await using rig = await CallRig.open()
    const events = recording('simple')
    rig.channels = listed(events.slice(0, half(events)))
    rig.rig.pbx.use(
      action('BridgeList', async function* () {
        yield event('BridgeListItem', { BridgeUniqueid: 'x', BridgeTechnology: 'simple_bridge' })
      }),
    )
    const all = rig.calls.all()
    rig.rig.link.break()
    await rig.rig.clock.advance(50)
    const { value: call } = await all.next()
    expect(call).toMatchObject({ origin: 'unknown', status: 'bridged', isComplete: false })
    expect([call.exten, call.callerNumber, call.startedAt, call.answeredAt, call.ringMs]).toEqual(Array(5).fill(undefined))
    expect(call.caller).toMatchObject({ endpoint: 'PJSIP/101', number: '101' })
    await rig.play(events.slice(half(events)))
    expect(call.outcome).toMatchObject({ result: 'ended', answered: true, talked: true, hungUpBy: { endpoint: 'PJSIP/102' } })
  })

  it('parked ones hear nobody', async () => {
    await using rig = await CallRig.open()
    const events = recording('parkgiveup')
    const parked = events.findIndex(({ name }) => name === 'ParkedCall') + 3
    rig.channels = listed(events.slice(0, parked))
    const id = rig.channels.find(({ BridgeId }) => BridgeId !== '')?.BridgeId
    rig.rig.pbx.use(
      action('BridgeList', async function* () {
        yield event('BridgeListItem', { BridgeUniqueid: id ?? '', BridgeTechnology: 'holding_bridge' })
      }),
    )
    rig.rig.link.break()
    await rig.rig.clock.advance(50)
    expect(rig.calls.trackedCalls.map(({ status }) => status)).not.toContain('bridged')
  })
})

describe('a call that was connected on', () => {
  it('is transferred by who answered it, at once or after a talk', async () => {
    await using rig = await CallRig.open()
    rig.rig.pbx.use(
      action('BlindTransfer', () => success()),
      action('Atxfer', () => success()),
      action('Redirect', () => success()),
    )
    const events = recording('simple')
    await rig.play(events.slice(0, half(events)))
    const [call] = rig.calls.trackedCalls as [Call]
    await call.transfer('103', { context: 'internal' })
    await call.transfer('104', { context: 'internal', attended: true })
    const sent = rig.rig.pbx.received.slice(-2).map((each) => [each.name, each.get('Channel')?.slice(0, 9), each.get('Exten')])
    expect(sent).toEqual([
      ['BlindTransfer', 'PJSIP/102', '103'],
      ['Atxfer', 'PJSIP/102', '104'],
    ])
  })

  it('is sent there while nobody talks, and cannot be handed on after a talk', async () => {
    await using rig = await CallRig.open()
    rig.rig.pbx.use(action('Redirect', () => success()))
    await rig.play(recording('simple').slice(0, 1))
    const [call] = rig.calls.trackedCalls as [Call]
    await call.transfer('103', { context: 'internal' })
    expect(rig.rig.pbx.received.at(-1)?.get('Exten')).toBe('103')
    await expect(call.transfer('103', { attended: true })).rejects.toMatchObject({ code: 'NO_CHANNEL' })
  })
})

describe('a click-to-call', () => {
  it('has the first leg as its caller, and tells what became of both', async () => {
    await using rig = await CallRig.open()
    const call = rig.calls.clickToCall('PJSIP/101', '95551234', { context: 'internal' })
    await settle()
    const originate = rig.rig.pbx.received.find(({ name }) => name === 'Originate')
    expect([originate?.get('Channel'), originate?.get('Exten'), originate?.get('CallerID')]).toEqual([
      'PJSIP/101',
      '95551234',
      '95551234',
    ])
    const events = recording('originatecustomerbusy')
    const first = Object.fromEntries(events[0]?.headers ?? []).Uniqueid ?? ''
    await rig.play(recordedCall('telephony-22/originatecustomerbusy', { [first]: call.id }))
    rig.rig.pbx.emit('OriginateResponse', { ActionID: call.id, Response: 'Success', Reason: 4, Uniqueid: call.id })
    await settle()
    const { legs, reason } = await call.ended()
    expect(call.caller?.endpoint).toBe('PJSIP/101')
    expect([legs.a.answered, legs.b?.answered, legs.b?.dialStatus, legs.b?.cause, reason]).toEqual([
      true,
      false,
      'BUSY',
      17,
      'busy',
    ])
  })

  it.each([
    ['unknownEndpoint', () => failure('Unable to retrieve endpoint nobody')],
    ['unavailable', () => [event('EndpointDetail', { ObjectName: 'nobody' })]],
  ])('to an endpoint that cannot be called says so: %s', async (reason, answer) => {
    await using rig = await CallRig.open()
    rig.rig.pbx.use(action('PJSIPShowEndpoint', answer))
    const call = rig.calls.originate({ channel: 'PJSIP/nobody', application: 'Echo' })
    await settle()
    rig.rig.pbx.emit('OriginateResponse', { ActionID: call.id, Response: 'Failure', Reason: 0, Uniqueid: call.id })
    expect((await call.ended()).reason).toBe(reason)
  })
})

it.each(['attrefer', 'queue', 'park', 'busy', 'recording'])("a call's record is what its schema says: %s", async (name) => {
  await using told = await played(name)
  for (const call of told.calls) expect(faults(JSON.parse(JSON.stringify(call)), CALL_RECORD_SCHEMA, 'call')).toEqual([])
})

/** What in a value is not as a schema says: as much of JSON Schema as ours uses. */
function faults(value: unknown, schema: Readonly<Record<string, unknown>>, path: string): string[] {
  if (Array.isArray(schema.anyOf)) {
    const results = schema.anyOf.map((each) => faults(value, each, path))
    return results.some((each) => each.length === 0) ? [] : (results[0] ?? [])
  }
  if ('const' in schema) return value === schema.const ? [] : [`${path} is ${String(value)}`]
  if (Array.isArray(schema.enum)) return schema.enum.includes(value) ? [] : [`${path} is ${String(value)}`]
  if (schema.type === 'array') {
    if (!Array.isArray(value)) return [`${path} is no list`]
    return value.flatMap((each, index) => faults(each, schema.items as Readonly<Record<string, unknown>>, `${path}[${index}]`))
  }
  if (schema.type === 'object') {
    if (typeof value !== 'object' || value === null) return [`${path} is no object`]
    const properties = schema.properties as Readonly<Record<string, Readonly<Record<string, unknown>>>>
    const missing = (schema.required as string[]).filter((name) => !(name in value)).map((name) => `${path}.${name} is missing`)
    const inside = Object.entries(value).flatMap(([name, each]) =>
      properties[name] === undefined ? [`${path}.${name} is unknown`] : faults(each, properties[name], `${path}.${name}`),
    )
    return [...missing, ...inside]
  }
  if (schema.type === 'null') return value === null ? [] : [`${path} is not null`]
  if (schema.format === 'date-time')
    return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? [] : [`${path} is no time`]
  return typeof value === schema.type ? [] : [`${path} is no ${String(schema.type)}`]
}
