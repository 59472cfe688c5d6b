/** Tests of the programs beside this file, under the fake timers of any test runner: nobody waits, time passes when a test says so. */
import assert from 'node:assert/strict'
import { AMIClient, AsyncAGIExecutor, CallManager } from 'obelus-asterisk'
import { action, type Dialplan, FakeAsterisk, failure, once } from 'obelus-asterisk/testing'
import {
  accountMenu,
  callUntilAnswered,
  countHangups,
  dial,
  lampOf,
  pause,
  QueueBoard,
  ringFor,
  watchMail,
  watchMissedCalls,
} from './programs.js'

/** Has time pass: `vi.advanceTimersByTimeAsync`, `jest.advanceTimersByTimeAsync`, or a loop around `mock.timers.tick`. */
export type Advance = (ms: number) => Promise<unknown>

/** A fake Asterisk and a client that is logged in, both closed at the end of the test. */
async function office(plan: Dialplan = {}) {
  const pbx = new FakeAsterisk({ users: { crm: 's3cret' } })
  pbx.dialplan(plan)
  const ami = new AMIClient({ username: 'crm', secret: 's3cret', connect: pbx.connector })
  await ami.login()
  const calls = new CallManager(ami)
  const close = async () => {
    calls.close()
    await ami.close()
    // Throws when the program sent an action that the fake does not know.
    await pbx.close()
  }
  return { pbx, ami, calls, [Symbol.asyncDispose]: close }
}

export const userTests: Readonly<Record<string, (advance: Advance) => Promise<void>>> = {
  'click to call: a busy telephone is called again after a minute': async (advance) => {
    await using rig = await office({ 200: ['busy', { answer: { afterMs: 3_000, talkMs: 30_000 } }] })
    const request = { channel: 'PJSIP/200', application: 'Echo' }
    const outcome = callUntilAnswered(rig.calls, request, { attempts: 3, pauseMs: 60_000 })
    await advance(1_000)
    assert.equal(rig.pbx.actions('Originate').length, 1)
    await advance(95_000)
    assert.equal(rig.pbx.actions('Originate').length, 2)
    assert.equal((await outcome).answered, true)
  },

  'click to call: it gives up in the end, and says why': async (advance) => {
    await using rig = await office({ 200: 'busy' })
    const request = { channel: 'PJSIP/200', application: 'Echo' }
    const outcome = callUntilAnswered(rig.calls, request, { attempts: 2, pauseMs: 60_000 })
    await advance(61_000)
    assert.equal((await outcome).reason, 'busy')
    assert.equal(rig.pbx.actions('Originate').length, 2)
  },

  'dialer: every number has its result': async (advance) => {
    await using rig = await office({
      100: { answer: { afterMs: 5_000, talkMs: 60_000 } },
      101: 'busy',
      102: 'reject',
      103: 'noanswer',
    })
    const results = dial(rig.calls, ['100', '101', '102', '103'])
    await advance(70_000)
    assert.deepEqual(await results, ['100: answered', '101: User busy', '102: Call Rejected', '103: User alerting, no answer'])
  },

  'a call that rings too long is hung up': async (advance) => {
    await using rig = await office({ 200: 'noanswer' })
    const call = rig.calls.originate({ channel: 'PJSIP/200', application: 'Echo' })
    const result = ringFor(call, 20_000)
    await advance(19_000)
    assert.equal(call.status, 'ringing')
    await advance(1_100)
    assert.equal(await result, 'given up')
    assert.equal((await call.ended()).answered, false)
  },

  'missed calls: those that nobody answered are written down': async (advance) => {
    await using rig = await office({
      100: { dial: 'PJSIP/200', timeoutMs: 20_000 },
      101: { dial: 'PJSIP/201' },
      200: 'noanswer',
      201: { answer: { afterMs: 2_000, talkMs: 10_000 } },
    })
    const missed: string[] = []
    watchMissedCalls(rig.calls, (number) => missed.push(number))
    await advance(10)
    rig.pbx.incomingCall({ to: '100', from: '"Ann" <0301>' })
    rig.pbx.incomingCall({ to: '101', from: '<0302>' })
    await advance(30_000)
    assert.deepEqual(missed, ['0301'])
  },

  'IVR: a caller is asked again, and hears the balance': async (advance) => {
    await using rig = await office()
    const executor = new AsyncAGIExecutor(rig.ami, accountMenu(new Map([['1234', 42]])))
    const caller = rig.pbx.callAsyncAGI()
    await caller.prompted('enter-account')
    await advance(5_100)
    await caller.prompted('wrong-account')
    await caller.prompted('enter-account')
    caller.press('1234')
    assert.equal(await caller.ended(), 'SUCCESS')
    assert.ok(caller.commands.includes('SAY NUMBER "42" ""'))
    await executor.close()
  },

  'queue board: it shows who waits': async (advance) => {
    await using rig = await office({ 600: { queue: 'support' }, 200: { answer: { afterMs: 5_000, talkMs: 10_000 } } })
    rig.pbx.queue('support', { members: { Ann: 'PJSIP/200' }, ringInUse: false })
    const board = new QueueBoard(rig.ami)
    rig.pbx.incomingCall({ to: '600', from: '<0301>' })
    const second = rig.pbx.incomingCall({ to: '600', from: '<0302>' })
    await advance(100)
    assert.equal(board.waiting.get('support'), 2)
    await advance(6_000)
    assert.equal(board.waiting.get('support'), 1)
    second.hangup()
    await advance(100)
    assert.equal(board.waiting.get('support'), 0)
  },

  'reconnect: a program goes on after a restart, and knows of the hole': async (advance) => {
    await using rig = await office()
    const lines: string[] = []
    const counting = countHangups(rig.ami, (line) => lines.push(line))
    rig.pbx.emit('Hangup')
    await advance(10)
    rig.pbx.restart()
    await advance(2_000)
    rig.pbx.emit('Hangup')
    await advance(10)
    await rig.ami.close()
    await counting
    assert.deepEqual(lines, ['after 1: disconnect', '2 in all'])
  },

  'lamps: an extension shows what its telephone does': async () => {
    await using rig = await office()
    const { state } = rig.pbx
    state.hints.set('100@default', 'PJSIP/100')
    for (const [device, lamp] of [
      ['NOT_INUSE', 'green'],
      ['RINGING', 'yellow'],
      ['INUSE', 'red'],
      ['UNAVAILABLE', 'grey'],
    ] as const) {
      state.devices.set('PJSIP/100', device)
      assert.equal(await lampOf(rig.ami, '100'), lamp)
    }
    assert.equal(await lampOf(rig.ami, '999'), 'grey')
  },

  'voice mail: new messages are told of': async (advance) => {
    await using rig = await office()
    const arrived: number[] = []
    watchMail(rig.ami, '100@default', (messages) => arrived.push(messages))
    rig.pbx.state.mailboxes.set('100@default', { new: 0, old: 3 })
    rig.pbx.state.mailboxes.set('100@default', { new: 1, old: 3 })
    rig.pbx.state.mailboxes.set('200@default', { new: 5 })
    await advance(10)
    assert.deepEqual(arrived, [1])
  },

  'errors: what a user reads when the PBX refuses, and when it does not answer': async (advance) => {
    await using rig = await office()
    rig.pbx.use(
      once(action('QueuePause', () => failure('Interface not found'))),
      action('QueuePause', () => undefined),
    )
    assert.equal(await pause(rig.ami, 'PJSIP/999'), 'not paused: Interface not found')
    const second = pause(rig.ami, 'PJSIP/999')
    await advance(2_100)
    assert.equal(await second, 'the PBX does not answer')
  },
}
