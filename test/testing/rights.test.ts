import { ActionError, AMIClient, unlisted } from 'obelus-asterisk'
import { action, FakeAsterisk, type FakeUser, success } from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ClassSet } from '../../src/testing/class-set.js'
import { settle, VirtualClock } from '../support/virtual-clock.js'

/** A client that is logged in to an account with these rights. */
async function loggedIn(rights: Partial<FakeUser>, events: string | boolean = true) {
  const pbx = new FakeAsterisk(
    { users: { ann: { secret: 's3cret', ...rights } }, unhandled: 'bypass' },
    action('QueueAdd', () => success('Added interface to queue')),
    action('VendorDial', () => success('dialled')),
  )
  pbx.dialplan({ 200: 'answer' })
  const clock = new VirtualClock()
  const ami = new AMIClient({ username: 'ann', secret: 's3cret', connect: pbx.connector, events, clock, keepAlive: false })
  onTestFinished(async () => {
    const closed = ami.close()
    await clock.advance(5_000)
    await closed
    await pbx.close()
  })
  const login = ami.login()
  // An account that does not get FullyBooted waits for it in vain.
  await clock.advance(5_000)
  await login
  return { pbx, ami }
}

/** What the server answers an action: its message, or that it is one of no message. */
async function answer(ami: AMIClient, name: string, headers = {}): Promise<string> {
  const sent = ami.sendAction(unlisted(name), headers).catch((error: unknown) => error)
  const result = await sent
  if (result instanceof ActionError) return result.response.message
  return (result as { type: string }).type
}

const DENIED = 'Permission denied'
const ORIGINATE = { Channel: 'Local/200@default', Application: 'Wait', Data: 1, Async: true }

describe('actions', () => {
  it.each<[write: string | undefined, answers: Record<string, string>]>([
    [undefined, { Originate: 'success', QueueAdd: 'success', Filter: 'success', UserEvent: 'success' }],
    ['all', { Originate: 'success', QueueAdd: 'success', Filter: 'success', UserEvent: 'success' }],
    ['', { Originate: DENIED, QueueAdd: DENIED, Filter: DENIED, UserEvent: DENIED, CoreStatus: DENIED, Hangup: DENIED }],
    ['', { Ping: 'success', Events: 'success', QueueStatus: 'success', VendorDial: 'success' }],
    ['', { Nonsense: 'Invalid/unknown command: Nonsense. Use Action: ListCommands to show available commands.' }],
    ['originate,user', { Originate: 'success', UserEvent: 'success', QueueAdd: DENIED, Filter: DENIED }],
    ['call', { Hangup: 'No such channel', Originate: DENIED }],
    ['system', { Hangup: 'No such channel', CoreStatus: 'success', Filter: 'success' }],
    ['reporting', { CoreStatus: 'success', CoreSettings: 'success', Hangup: DENIED, Filter: DENIED }],
    ['originate, user', { Originate: 'success', UserEvent: DENIED }],
    ['Originate,on', { Originate: DENIED }],
    ['none', { Originate: DENIED, Ping: 'success' }],
  ])('with write = %s: %j', async (write, answers) => {
    const { ami, pbx } = await loggedIn(write === undefined ? {} : { write })
    pbx.use(action('QueueStatus', () => []))
    const headers: Record<string, object> = {
      Originate: ORIGINATE,
      Filter: { Operation: 'Add', Filter: 'x' },
      Events: { EventMask: 'on' },
      Hangup: { Channel: 'PJSIP/none' },
    }
    const got: Record<string, string> = {}
    for (const name of Object.keys(answers)) got[name] = await answer(ami, name, headers[name])
    expect(got).toEqual(answers)
  })

  it('what is denied is not unhandled, and asks no handler', async () => {
    const { ami, pbx } = await loggedIn({ write: '' })
    expect(await answer(ami, 'QueueAdd')).toBe(DENIED)
    expect(await answer(ami, 'QueueRemove')).toBe(DENIED)
    expect(pbx.unhandled).toEqual([])
    expect(pbx.listHandlers().filter(({ name }) => name === 'QueueAdd')).toHaveLength(1)
    expect(() => pbx.assertAllHandlersUsed()).toThrow('QueueAdd')
    expect(pbx.received.map(({ name }) => name)).toEqual(['QueueAdd', 'QueueRemove'])
  })

  it('whom a test lets in without an account may do everything', async () => {
    const { pbx } = await loggedIn({ write: '' })
    pbx.use(action('Login', () => success('Authentication accepted')))
    await using ami = new AMIClient({ username: 'somebody', secret: 'any', authType: 'plaintext', connect: pbx.connector })
    await ami.login()
    expect(await answer(ami, 'QueueAdd')).toBe('success')
  })
})

describe('events', () => {
  const seen = async (rights: Partial<FakeUser>, mask: string | boolean = true) => {
    const { pbx, ami } = await loggedIn(rights, mask)
    const stream = ami.events()
    pbx.emit('Hangup', { Channel: 'PJSIP/1' })
    pbx.emit('VarSet', { Variable: 'A' })
    pbx.emit('UserEvent', { UserEvent: 'x' })
    pbx.emit(unlisted('Two'), { Privilege: 'call,dialplan,all' })
    await settle()
    const names: string[] = []
    while (stream.buffered > 0) names.push((await stream.next()).value.name)
    return names
  }

  it.each<[read: string, mask: string | boolean, names: readonly string[]]>([
    ['all', true, ['Hangup', 'VarSet', 'UserEvent', 'Two']],
    ['call', true, ['Hangup']],
    ['call,dialplan', true, ['Hangup', 'VarSet', 'Two']],
    ['all', 'call,user', ['Hangup', 'UserEvent']],
    ['call,dialplan', 'call', ['Hangup']],
    ['', true, []],
    ['all', false, []],
    ['on', true, []],
  ])('with read = %s and the mask %s: %j', async (read, mask, names) => expect(await seen({ read }, mask)).toEqual(names))
})

/** Each was tried on 16.28 and 22.10: which of these classes are in it. */
describe('a list of classes', () => {
  const held = (set: ClassSet) => ['system', 'call', 'cdr', 'dialplan', 'user'].filter((name) => set.hasAny([name])).join(' ')
  const ALL = 'system call cdr dialplan user'

  it.each([
    ['on', ALL],
    ['ON', ALL],
    ['y', ALL],
    ['T', ALL],
    ['all', ALL],
    ['All', ''],
    ['off', ''],
    ['n', ''],
    ['F', ''],
    ['none', ''],
    ['bogus', ''],
    ['1', 'system'],
    ['65', 'system user'],
    ['65 ', ''],
    ['-1', ''],
    ['call', 'call'],
    ['Call', ''],
    ['call,', 'call'],
    ['call;user', ''],
    ['call, system', 'call'],
    ['c,foo', 'call cdr'],
    ['dial,user', 'dialplan user'],
    ['user,dial', 'user'],
    ['a,x', ALL],
    [',x', ALL],
  ])('the mask %j: %s', (mask, classes) => expect(held(ClassSet.ofMask(mask))).toBe(classes))

  it.each([
    ['all', ALL],
    ['on', ''],
    ['1', ''],
    ['call,user', 'call user'],
    ['none', ''],
    ['', ''],
  ])('the rights %j: %s', (rights, classes) => expect(held(ClassSet.ofRights(rights))).toBe(classes))
})

it('prints the rights of an account as Asterisk does', async () => {
  const { ami } = await loggedIn({})
  const lines = await ami.command('manager show user ann')
  expect(lines.find((line) => line.includes('read perm'))?.trim()).toMatch(/^read perm: system,call,log,.*,message,all$/)
  expect(await ami.command('manager show user eve')).toEqual(['There is no manager called eve'])
  const other = await loggedIn({ read: 'agent,call', write: 'command' })
  const text = (await other.ami.command('manager show user ann')).join('\n')
  expect(text).toContain('         read perm: call,agent\n        write perm: command\n')
})
