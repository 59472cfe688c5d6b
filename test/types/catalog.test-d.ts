/** What the compiler knows of Asterisk's actions, events and AGI commands; checked by the type check alone. */
import {
  type AGICommandMap,
  type AMIClient,
  type AMIEvent,
  type AMIResponse,
  type ChannelPrefix,
  type EventName,
  type EventStream,
  type Gap,
  unlisted,
} from 'obelus-asterisk'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const expectType = <_Holds extends true>(): void => undefined

declare module 'obelus-asterisk' {
  interface ActionMap {
    VendorDial: { Line: string; Mode?: 'fast' | 'slow' }
  }
  interface EventMap {
    VendorAlarm: { Level: string; Text?: string }
  }
  interface ListMap {
    VendorList: { item: 'VendorAlarm'; completion: 'StatusComplete' }
  }
  interface ActionMap {
    VendorList: Record<never, never>
  }
}

export async function actions(ami: AMIClient): Promise<void> {
  const added = await ami.sendAction('QueueAdd', { Queue: 'support', Interface: 'PJSIP/100', Penalty: 1, Paused: false })
  expectType<Equal<typeof added, AMIResponse<'QueueAdd'>>>()
  await ami.sendAction('Ping')
  await ami.sendAction('Ping', { ActionID: 'mine-1' }, { timeoutMs: 100 })
  await ami.sendAction('MuteAudio', { Channel: 'PJSIP/1', Direction: 'in', State: 'on' })
  await ami.sendAction('Originate', { Channel: 'PJSIP/1', Variable: ['A=1', 'B=2'] })
  await ami.sendAction('Originate', { Channel: 'PJSIP/1' }, { variables: { A: 1 } })
  await ami.sendAction('UpdateConfig', {
    SrcFilename: 'a.conf',
    DstFilename: 'b.conf',
    'Action-000000': 'NewCat',
    'Cat-000000': 'x',
  })
  await ami.sendAction('UserEvent', { UserEvent: 'Mine', Anything: 1, Twice: ['a', 'b'] })

  // @ts-expect-error: there is no such action.
  await ami.sendAction('QueueAd', { Queue: 'support', Interface: 'PJSIP/100' })
  // @ts-expect-error: an action's name is spelt as Asterisk spells it.
  await ami.sendAction('queueadd', { Queue: 'support', Interface: 'PJSIP/100' })
  // @ts-expect-error: there is no such parameter.
  await ami.sendAction('QueueAdd', { Queue: 'support', Interface: 'PJSIP/100', Penaltyy: 1 })
  // @ts-expect-error: Interface is required.
  await ami.sendAction('QueueAdd', { Queue: 'support' })
  // @ts-expect-error: the parameters are required.
  await ami.sendAction('QueueAdd')
  // @ts-expect-error: only Variable may be repeated.
  await ami.sendAction('Originate', { Channel: ['PJSIP/1', 'PJSIP/2'] })
  // @ts-expect-error: Ping takes nothing.
  await ami.sendAction('Ping', { Channel: 'PJSIP/1' })
  const name: string = 'Ping'
  // @ts-expect-error: any text is too much; unlisted() says that it is meant.
  await ami.sendAction(name)

  const open = await ami.sendAction(unlisted('QueueTune'), { Queue: 'support', Speed: 3 })
  expectType<Equal<typeof open, AMIResponse<'QueueTune'>>>()
  await ami.sendAction(unlisted('Ping'), { Newer: true })
  await ami.sendAction(unlisted(name))
}

export async function lists(ami: AMIClient): Promise<void> {
  const queues = await ami.sendAction('QueueStatus', { Queue: 'support' })
  for (const item of queues.events) {
    expectType<Equal<typeof item.name, 'QueueParams' | 'QueueMember' | 'QueueEntry'>>()
    item.get('Queue')
    if (item.name === 'QueueMember') item.headers.PausedReason
    // @ts-expect-error: QueueParams has no PausedReason.
    else if (item.name === 'QueueParams') item.headers.PausedReason
  }
  expectType<Equal<typeof queues.completion, AMIEvent<'QueueStatusComplete'> | undefined>>()

  const channels = ami.listAction('CoreShowChannels')
  expectType<Equal<typeof channels, EventStream<AMIEvent<'CoreShowChannel'>>>>()
  for await (const channel of channels) channel.headers.Duration

  // @ts-expect-error: Ping answers with no list.
  ami.listAction('Ping')
  const other = ami.listAction(unlisted('VendorShow'), { Any: 1 })
  expectType<Equal<typeof other, EventStream<AMIEvent>>>()
}

export async function events(ami: AMIClient): Promise<void> {
  for await (const event of ami.events('DialEnd')) {
    event.headers.DestChannel
    event.headers.Privilege
    if (event.headers.DialStatus === 'ANSWER') event.get('DestUniqueid')
    // What every DialEnd has is text; what only some have may be undefined.
    expectType<Equal<typeof event.headers.DestUniqueid, string>>()
    expectType<Equal<ReturnType<typeof forwardOf>, string | undefined>>()
    // @ts-expect-error: there is no such header.
    event.headers.DialStatuss
    // @ts-expect-error: there is no such header.
    event.get('Destchannel')
    // @ts-expect-error: there is no such header.
    event.getAll('DestChanel')
    expectType<Equal<ReturnType<typeof unlistedHeader>, string | undefined>>()
    event.getAll(unlisted('X-Vendor'))
    expectType<Equal<ChannelPrefix<typeof event.headers>, '' | 'Dest'>>()
    event.variablesOf('Dest')
    // @ts-expect-error: it tells of no such channel.
    event.variablesOf('Transferee')
    event.variablesOf(unlisted('Vendor'))
    function forwardOf() {
      return event.get('Forward')
    }
    function unlistedHeader() {
      return event.get(unlisted('X-Vendor'))
    }
  }

  const two = ami.events(['Newchannel', 'Hangup'], { withGaps: true })
  expectType<Equal<typeof two, EventStream<AMIEvent<'Newchannel'> | AMIEvent<'Hangup'> | Gap>>>()
  for await (const event of ami.events(['Newchannel', 'Hangup'])) {
    // Before it is known which one it is: what both have.
    expectType<Equal<ReturnType<typeof channelOf>, string>>()
    // @ts-expect-error: Newchannel has no Cause.
    event.get('Cause')
    if (event.name === 'Hangup') event.headers['Cause-txt'].length
    else event.headers.Exten.length
    function channelOf() {
      return event.get('Channel')
    }
  }
  for await (const event of ami.events()) {
    event.headers.Whatever
    if (event.is('Hangup')) expectType<Equal<typeof event.headers.Cause, string>>()
  }
  for await (const event of ami.events('UserEvent')) event.headers.MyOwn?.length

  // @ts-expect-error: there is no such event.
  ami.events('Hangupp')
  // @ts-expect-error: there is no such event.
  ami.events(['Hangup', 'NewChannel'])
  // @ts-expect-error: there is no such event.
  ami.onEvent('NewExten', () => undefined)
  // @ts-expect-error: there is no such event.
  await ami.waitFor('FullyBoot')
  await ami.waitFor('Hangup', { where: (event) => event.headers.Cause === '16' })
  // @ts-expect-error: there is no such header.
  await ami.waitFor('Hangup', { where: (event) => event.headers.Causes === '16' })
  ami.onEvent('*', (event) => event.get('Anything'))

  const mine = await ami.waitFor(unlisted('VendorThing'))
  expectType<Equal<typeof mine, AMIEvent<'VendorThing'>>>()
  expectType<Equal<typeof mine.headers.Anything, string | undefined>>()
  for await (const event of ami.events(['Hangup', unlisted('VendorThing')])) {
    if (event.name === 'VendorThing') event.headers.Speed
    // @ts-expect-error: a listed event keeps its headers beside an unlisted one.
    else event.headers.Speed
  }

  // Servers send some headers that the documentation lacks, and spell some otherwise.
  for await (const event of ami.events('SoftHangupRequest')) event.headers.TechCause
  for await (const event of ami.events('CEL')) event.headers.TenantID
  for (const part of (await ami.sendAction('PJSIPShowEndpoint', { Endpoint: '100' })).events) {
    if (part.name !== 'TransportDetail') continue
    part.get('AsyncOperations')
    // @ts-expect-error: the documentation's spelling, which no server sends.
    part.get('AsycOperations')
  }

  // A function for any event takes each of them.
  const log = (event: AMIEvent): string | undefined => event.get('Channel')
  ami.onEvent('Hangup', log)
}

export async function ofOnesOwn(ami: AMIClient): Promise<void> {
  await ami.sendAction('VendorDial', { Line: '1', Mode: 'fast' })
  // @ts-expect-error: Line is required.
  await ami.sendAction('VendorDial', {})
  const alarm = await ami.waitFor('VendorAlarm')
  expectType<Equal<typeof alarm.headers.Level, string>>()
  expectType<Equal<'VendorAlarm' extends EventName ? true : false, true>>()
  for await (const item of ami.listAction('VendorList')) expectType<Equal<typeof item, AMIEvent<'VendorAlarm'>>>()
}

export function agiCommands(): void {
  expectType<Equal<AGICommandMap['DATABASE PUT'], [family: string | number, key: string | number, value: string | number]>>()
  expectType<Equal<AGICommandMap['CHANNEL STATUS'], [channelname?: string | number]>>()
  const music: AGICommandMap['SET MUSIC'] = ['on']
  // @ts-expect-error: it is on or off.
  const wrong: AGICommandMap['SET MUSIC'] = ['loud']
  void [music, wrong]
}
