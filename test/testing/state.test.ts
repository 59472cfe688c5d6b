import { AMIClient } from 'obelus-asterisk'
import { action, command, FakeAsterisk, type FakeAsteriskOptions, success } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished } from 'vitest'

async function office(options: FakeAsteriskOptions = {}) {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' }, ...options })
  const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: pbx.connector })
  onTestFinished(async () => {
    await ami.close()
    await pbx.close()
  })
  await ami.login()
  const told: string[] = []
  ami.onEvent('*', ({ name, headers }) => {
    const { Device = '', State = '', Exten = '', Context = '', StatusText = '', Status = '' } = headers as Record<string, string>
    told.push([name, Device, State, Exten, Context, StatusText || Status].filter((each) => each !== '').join(' '))
  })
  return { pbx, ami, told }
}

it('a device that changes is told of, and so are the extensions that stand for it', async () => {
  const { pbx, ami, told } = await office()
  pbx.state.hints.set('100@default', 'PJSIP/100&PJSIP/101')
  pbx.state.devices.set('PJSIP/100', 'NOT_INUSE')
  pbx.state.devices.set('PJSIP/101', 'NOT_INUSE')
  pbx.state.devices.set('PJSIP/101', 'NOT_INUSE')
  pbx.state.devices.set('PJSIP/101', 'RINGING')
  pbx.state.devices.set('PJSIP/100', 'INUSE')
  expect((await ami.sendAction('ExtensionState', { Exten: '100', Context: '' })).headers).toMatchObject({
    Hint: 'PJSIP/100&PJSIP/101',
    Status: '9',
    StatusText: 'InUse&Ringing',
  })
  expect(told).toEqual([
    'DeviceStateChange PJSIP/100 NOT_INUSE',
    'ExtensionStatus 100 default Idle',
    'DeviceStateChange PJSIP/101 NOT_INUSE',
    'DeviceStateChange PJSIP/101 RINGING',
    'ExtensionStatus 100 default Ringing',
    'DeviceStateChange PJSIP/100 INUSE',
    'ExtensionStatus 100 default InUse&Ringing',
  ])
  const { events } = await ami.sendAction('PJSIPShowEndpoints')
  expect(events.map((item) => `${item.get('ObjectName')} ${item.get('DeviceState')}`)).toEqual(['100 In use', '101 Ringing'])
})

it('presence and mailboxes are told of, and can be asked for', async () => {
  const { pbx, ami, told } = await office()
  pbx.state.hints.set('100@default', 'PJSIP/100,CustomPresence:ann')
  pbx.state.presence.set('CustomPresence:ann', { state: 'away', message: 'back soon' })
  pbx.state.mailboxes.set('100@default', { new: 2, old: 1 })
  expect((await ami.sendAction('PresenceState', { Provider: 'CustomPresence:ann' })).get('PresenceMessage')).toBe('back soon')
  expect((await ami.sendAction('MailboxCount', { Mailbox: '100' })).headers).toMatchObject({ NewMessages: '2', OldMessages: '1' })
  expect((await ami.sendAction('MailboxStatus', { Mailbox: '100@default' })).get('Waiting')).toBe('1')
  expect(told).toEqual(['PresenceStateChange away', 'PresenceStatus 100 default away', 'MessageWaiting'])
})

it('a file of settings is read and changed as an object', async () => {
  const { pbx, ami } = await office()
  pbx.state.configs.set('queues.conf', { general: {}, support: { strategy: 'ringall', member: ['PJSIP/200', 'PJSIP/201'] } })
  const { headers } = await ami.sendAction('GetConfig', { Filename: 'queues.conf' })
  expect(headers).toMatchObject({ 'Category-000001': 'support', 'Line-000001-000002': 'member=PJSIP/201' })
  await ami.sendAction('UpdateConfig', {
    SrcFilename: 'queues.conf',
    DstFilename: 'queues.conf',
    'Action-000000': 'Append',
    'Cat-000000': 'support',
    'Var-000000': 'member',
    'Value-000000': 'PJSIP/202',
  })
  expect(pbx.state.configs.get('queues.conf')?.support?.member).toEqual(['PJSIP/200', 'PJSIP/201', 'PJSIP/202'])
})

it('what cannot be is refused where it is set', async () => {
  const { pbx } = await office()
  expect(() => pbx.state.devices.set('PJSIP/1', 'SLEEPING')).toThrow(/PJSIP\/1 must be one of UNKNOWN, .*, not "SLEEPING"/)
  expect(() => pbx.state.presence.set('CustomPresence:a', { state: 'asleep' as 'away' })).toThrow(/presence.state must be/)
  expect(() => pbx.state.mailboxes.set('1', { new: -1 })).toThrow(RangeError)
  expect(() => pbx.state.configs.set('a.conf', { a: 'b' } as never)).toThrow(/configs.a.conf.a must be/)
})

it('globals are those of the manager and of every channel', async () => {
  const { pbx, ami } = await office()
  pbx.dialplan({ 200: { answer: { talkMs: 60_000 } } })
  pbx.state.globals.set('TRUNK', 'PJSIP/provider')
  await ami.sendAction('Originate', { Channel: 'PJSIP/200', Application: 'Echo', ChannelId: 'call', Async: true })
  expect((await ami.sendAction('Getvar', { Channel: 'call', Variable: 'TRUNK' })).get('Value')).toBe('PJSIP/provider')
  await ami.sendAction('Setvar', { Variable: 'MODE', Value: 'night' })
  expect(pbx.state.globals.get('MODE')).toBe('night')
  pbx.reset()
  expect([...pbx.state.globals]).toEqual([])
})

it('a console command is answered by its text', async () => {
  const { pbx, ami } = await office()
  pbx.use(
    command('core show uptime', 'System uptime: 5 seconds\nLast reload: 5 seconds\n'),
    command(/^queue show/, (text) => [`${text.split(' ')[2]} has 0 calls`]),
    command('empty', []),
  )
  expect(await ami.command('core show uptime')).toEqual(['System uptime: 5 seconds', 'Last reload: 5 seconds'])
  expect(await ami.command('queue show support')).toEqual(['support has 0 calls'])
  expect(await ami.command('empty')).toEqual([''])
  pbx.assertAllHandlersUsed()
})

it('a command that nobody answers is unhandled, and the advice has its text', async () => {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: pbx.connector })
  await ami.login()
  await expect(ami.command('core show uptme')).rejects.toThrow()
  await ami.close()
  await expect(pbx.close()).rejects.toThrow("A handler looks like this: command('core show uptme', 'its output')")
})

it('an action that lacks something gets the error of a real server, also one that the fake does not play', async () => {
  const { pbx, ami } = await office()
  await expect(ami.sendAction('SendText', { Channel: 'PJSIP/1', Message: '' })).rejects.toThrow('No Message specified')
  await expect(ami.sendAction('SendText', { Channel: 'PJSIP/1', Message: 'x' })).rejects.toThrow('No such channel')
  expect(pbx.unhandled).toEqual([])
})

it('WaitEvent waits for an event, an action or its time', async () => {
  const { pbx, ami } = await office({ clock: 'virtual' })
  const first = ami.sendAction('WaitEvent', { Timeout: 60 })
  await pbx.waitForAction('WaitEvent')
  pbx.emit('UserEvent', { UserEvent: 'Now' })
  expect((await first).completion?.name).toBe('WaitEventComplete')
  const second = ami.sendAction('WaitEvent', { Timeout: 60 })
  await ami.sendAction('Ping')
  await second
  const third = ami.sendAction('WaitEvent', { Timeout: 60 })
  await pbx.waitForAction('WaitEvent')
  await pbx.clock.advance(60_000)
  await third
})

it('handlers of the test go before the state', async () => {
  const { pbx, ami } = await office()
  pbx.use(action('MailboxCount', () => success({ NewMessages: 7 })))
  expect((await ami.sendAction('MailboxCount', { Mailbox: '100' })).get('NewMessages')).toBe('7')
})
