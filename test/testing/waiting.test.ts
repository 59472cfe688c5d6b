import { AMIClient, CallManager, unlisted } from 'obelus-asterisk'
import { action, FakeAsterisk, type FakeAsteriskOptions, failure, success, times } from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished } from 'vitest'

const users = { admin: 's3cret' }

async function online(options: FakeAsteriskOptions = {}) {
  const pbx = new FakeAsterisk({ users, ...options })
  const clock = options.clock === 'virtual' ? { clock: pbx.clock } : {}
  const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: pbx.connector, ...clock })
  onTestFinished(async () => {
    await ami.close()
    await pbx.close().catch(() => undefined)
  })
  await ami.login()
  return { pbx, ami }
}

describe('waitForAction', () => {
  it('resolves with one that has come, and with the next one the next time', async () => {
    const { pbx, ami } = await online()
    await ami.sendAction('DBPut', { Family: 'a', Key: '1', Val: 'x' })
    await ami.sendAction('DBPut', { Family: 'a', Key: '2', Val: 'x' })
    expect((await pbx.waitForAction('DBPut')).get('Key')).toBe('1')
    expect((await pbx.waitForAction('DBPut')).get('Key')).toBe('2')
    expect(pbx.actions('DBPut').map((each) => each.get('Key'))).toEqual(['1', '2'])
    const third = pbx.waitForAction('DBPut')
    await ami.sendAction('DBPut', { Family: 'a', Key: '3', Val: 'x' })
    expect((await third).get('Key')).toBe('3')
  })

  it('rejects when none comes in time, and says what came', async () => {
    const { pbx, ami } = await online()
    await ami.sendAction('CoreStatus')
    await expect(pbx.waitForAction('Originate', { timeoutMs: 10 })).rejects.toThrow(
      /No Originate came within 10 ms; these came: .*CoreStatus/,
    )
  })

  it('rejects when the fake is closed', async () => {
    const pbx = new FakeAsterisk({ users })
    const waiting = expect(pbx.waitForAction('Originate')).rejects.toThrow(
      'The fake was closed before Originate came; none at all came',
    )
    await pbx.close()
    await waiting
  })
})

describe('times', () => {
  it('answers so many actions, and the next handler those after them', async () => {
    const { pbx, ami } = await online()
    pbx.use(
      times(
        2,
        action('Originate', () => failure('busy')),
      ),
      action('Originate', () => success('queued')),
    )
    const outcomes: string[] = []
    for (let call = 0; call < 4; call += 1)
      outcomes.push(
        await ami.sendAction('Originate', { Channel: 'PJSIP/1', Application: 'Echo' }).then(
          ({ message }) => message,
          (error) => error.response.message,
        ),
      )
    expect(outcomes).toEqual(['busy', 'busy', 'queued', 'queued'])
  })

  it('refuses a number that is none', () => {
    expect(() =>
      times(
        0,
        action('Ping', () => success()),
      ),
    ).toThrow(RangeError)
  })
})

describe('a virtual clock', () => {
  it('has calls ring and talk when the test has time pass, for the fake and for the client', async () => {
    const { pbx, ami } = await online({ clock: 'virtual' })
    pbx.dialplan({ 200: { answer: { afterMs: 20_000, talkMs: 3_600_000 } } })
    using calls = new CallManager(ami, { clock: pbx.clock })
    const call = calls.originate({ channel: 'PJSIP/200', application: 'Echo' })
    await pbx.clock.advance(19_000)
    expect(call.status).toBe('ringing')
    await pbx.clock.advance(3_700_000)
    expect(await call.ended()).toMatchObject({ result: 'ended', answered: true })
  })

  it('is there only where it is asked for', () => {
    expect(() => new FakeAsterisk().clock).toThrow("new FakeAsterisk({ clock: 'virtual' }) has a clock to advance")
  })
})

it('an action that Asterisk has and the fake does not is told with a handler that would answer it', async () => {
  const { pbx, ami } = await online()
  await ami.sendAction('VoicemailUsersList').catch(() => undefined)
  await ami.sendAction('ModuleCheck', { Module: 'app_queue' }).catch(() => undefined)
  await ami.sendAction(unlisted('NoSuchAction')).catch(() => undefined)
  const { message } = (await pbx.close().catch((error: Error) => error)) as Error
  expect(message).toContain("a handler looks like this: action('VoicemailUsersList', () => [event(…)])")
  expect(message).toContain("a handler looks like this: action('ModuleCheck', () => success())")
  expect(message.split('a handler looks like this').length).toBe(3)
})
