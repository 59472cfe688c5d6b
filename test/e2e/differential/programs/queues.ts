import type { Bench, Headers, Program } from '../bench.js'

/** Who is called, and how the queue knows them. */
const PHONE = { Interface: 'PJSIP/200', MemberName: 'Ann' }
const RINGS = { Interface: 'PJSIP/203', MemberName: 'Bob' }
const BUSY = { Interface: 'PJSIP/201', MemberName: 'Cid' }
const LOCAL = { Interface: 'Local/long@default/n', MemberName: 'Dan' }
const EVERYBODY = [PHONE, RINGS, BUSY, LOCAL]

/** A program on a queue with these members, which leaves the queue as it was. */
function onQueue(
  name: string,
  Queue: string,
  members: readonly Headers[],
  run: (bench: Bench, queue: string) => Promise<void>,
): Program {
  return {
    name: `queue: ${name}`,
    run: async (bench) => {
      // A server remembers the states of devices: those of members who never were, and of a queue without members, are none yet.
      await bench.unseen(async (send) => {
        for (const { Interface } of [...EVERYBODY, ...members]) {
          await send('QueueAdd', { Queue, Interface })
          await send('QueueRemove', { Queue, Interface })
        }
        await send('QueueReset', { Queue })
      })
      for (const member of members) await bench.send('QueueAdd', { Queue, ...member })
      await bench.calm()
      await bench.second()
      await run(bench, Queue)
      await bench.calm()
      await bench.send('QueueStatus', { Queue })
      for (const { Interface } of members) await bench.send('QueueRemove', { Queue, Interface })
      await bench.calm()
    },
  }
}

const caller = (queue: string, more: Headers = {}) => ({
  Channel: `Local/queue-${queue}@default/n`,
  Application: 'Wait',
  Data: 20,
  Async: true,
  Timeout: 10_000,
  ...more,
})

/** One caller, who stays until the call ends by itself. */
const call = (bench: Bench, queue: string, more: Headers = {}) => bench.originate(caller(queue, more))

const refusal = (name: string, headers: Headers = {}, what = ''): Program => ({
  name: `queue: ${name} ${what}`,
  run: async (bench) => {
    await bench.send(name, headers)
    await bench.calm()
  },
})

const NONE = { Queue: 'none', Interface: 'PJSIP/200' }
const STRANGER = { Queue: 'ringall', Interface: 'PJSIP/204' }

/** Actions on queues and members that are not there, and without what they need. */
const refused: readonly Program[] = [
  refusal('QueueAdd', {}, 'without a queue'),
  refusal('QueueAdd', { Queue: 'ringall' }, 'without an interface'),
  refusal('QueueAdd', NONE, 'to a queue that is not there'),
  refusal('QueueRemove', {}, 'without a queue'),
  refusal('QueueRemove', { Queue: 'ringall' }, 'without an interface'),
  refusal('QueueRemove', NONE, 'from a queue that is not there'),
  refusal('QueueRemove', STRANGER, 'of nobody'),
  refusal('QueuePause', {}, 'without an interface'),
  refusal('QueuePause', { Interface: 'PJSIP/200' }, 'without a state'),
  refusal('QueuePause', { ...NONE, Paused: true }, 'in a queue that is not there'),
  refusal('QueuePause', { ...STRANGER, Paused: true }, 'of nobody'),
  refusal('QueuePenalty', {}, 'without an interface'),
  refusal('QueuePenalty', { Interface: 'PJSIP/200' }, 'without a penalty'),
  refusal('QueuePenalty', { ...NONE, Penalty: 1 }, 'in a queue that is not there'),
  refusal('QueuePenalty', { ...STRANGER, Penalty: 1 }, 'of nobody'),
  refusal('QueueMemberRingInUse', {}, 'without an interface'),
  refusal('QueueMemberRingInUse', { Interface: 'PJSIP/200' }, 'without a value'),
  refusal('QueueMemberRingInUse', { ...STRANGER, RingInUse: 'yes' }, 'of nobody'),
  refusal('QueueLog', {}, 'without a queue'),
  refusal('QueueLog', { Queue: 'ringall' }, 'without an event'),
  refusal('QueueLog', { Queue: 'ringall', Event: 'MINE', Message: 'text' }, ''),
  refusal('QueueReset', {}, ''),
  refusal('QueueReset', { Queue: 'none' }, 'of a queue that is not there'),
  refusal('QueueReload', { Members: 'yes' }, 'of members'),
  refusal('QueueRule', {}, ''),
  refusal('QueueRule', { Rule: 'none' }, 'that is not there'),
  refusal('QueueStatus', { Queue: 'none' }, 'of a queue that is not there'),
  refusal('QueueSummary', { Queue: 'none' }, 'of a queue that is not there'),
  refusal('QueueStatus', { Queue: 'ringall' }, 'of one'),
  refusal('QueueSummary', { Queue: 'ringall' }, 'of one'),
  refusal('QueueStatus', { Queue: 'ringall', Member: 'PJSIP/200' }, 'of a member that is not there'),
  refusal('QueueChangePriorityCaller', {}, 'without a queue'),
  refusal('QueueChangePriorityCaller', { Queue: 'ringall' }, 'without a caller'),
  refusal('QueueChangePriorityCaller', { Queue: 'ringall', Caller: 'PJSIP/none' }, 'without a priority'),
  refusal('QueueChangePriorityCaller', { Queue: 'ringall', Caller: 'PJSIP/none', Priority: 1 }, 'of nobody'),
  refusal('QueueWithdrawCaller', {}, 'without a queue'),
  refusal('QueueWithdrawCaller', { Queue: 'ringall' }, 'without a caller'),
  refusal('QueueWithdrawCaller', { Queue: 'ringall', Caller: 'PJSIP/none' }, 'of nobody'),
]

/** Programs of queues: actions, members and callers. */
export const queuePrograms: readonly Program[] = [
  ...refused,
  onQueue('members come, change and go', 'ringall', [], async (bench, Queue) => {
    await bench.send('QueueAdd', { Queue, ...PHONE, Penalty: 2, Paused: true })
    await bench.send('QueueAdd', { Queue, ...PHONE })
    await bench.send('QueueAdd', { Queue, ...LOCAL, StateInterface: 'Local/long@default' })
    await bench.send('QueueStatus', { Queue })
    await bench.send('QueueStatus', { Queue, Member: PHONE.Interface })
    await bench.send('QueueSummary', { Queue })
    await bench.send('QueuePause', { Queue, Interface: PHONE.Interface, Paused: false })
    await bench.send('QueuePause', { Queue, Interface: PHONE.Interface, Paused: true, Reason: 'lunch' })
    await bench.send('QueuePause', { Queue, Interface: PHONE.Interface, Paused: true, Reason: 'tea' })
    await bench.send('QueuePause', { Interface: PHONE.Interface, Paused: 'no' })
    await bench.send('QueuePenalty', { Queue, Interface: PHONE.Interface, Penalty: 5 })
    await bench.send('QueuePenalty', { Queue, Interface: PHONE.Interface, Penalty: -1 })
    await bench.send('QueueMemberRingInUse', { Queue, Interface: PHONE.Interface, RingInUse: 'yes' })
    await bench.send('QueueMemberRingInUse', { Queue, Interface: PHONE.Interface, RingInUse: 'no' })
    await bench.send('QueueSummary', { Queue })
    await bench.send('QueueRemove', { Queue, Interface: PHONE.Interface })
    await bench.send('QueueRemove', { Queue, Interface: LOCAL.Interface })
  }),
  onQueue('a phone answers and hangs up', 'ringall', [PHONE], (bench, queue) => call(bench, queue)),
  onQueue('a caller with a number', 'ringall', [PHONE], (bench, queue) => call(bench, queue, { CallerID: '"Eve" <555>' })),
  onQueue('the caller hangs up while they talk', 'ringall', [LOCAL], async (bench, queue) => {
    await bench.until('BridgeEnter', { BridgeNumChannels: 2 }, 'Originate', caller(queue, { ChannelId: 'q-talk' }))
    await bench.send('Hangup', { Channel: 'q-talk', Cause: 16 })
  }),
  onQueue('nobody answers in time', 'ringall', [RINGS], (bench, queue) => call(bench, queue)),
  onQueue('a busy phone, then time is up', 'ringall', [BUSY], (bench, queue) => call(bench, queue)),
  onQueue('the caller gives up', 'ringall', [RINGS], async (bench, queue) => {
    await bench.until('AgentCalled', {}, 'Originate', caller(queue, { ChannelId: 'q-abandon' }))
    await bench.quiet()
    await bench.send('QueueStatus', { Queue: queue })
    await bench.send('QueueSummary', { Queue: queue })
    await bench.send('Hangup', { Channel: 'q-abandon' })
  }),
  onQueue('two phones ring, one answers', 'ringall', [RINGS, PHONE], (bench, queue) => call(bench, queue)),
  onQueue('nobody is there', 'ringall', [], (bench, queue) => call(bench, queue)),
  onQueue('everybody is paused', 'ringall', [{ ...PHONE, Paused: true }], (bench, queue) => call(bench, queue)),
  onQueue('the lower penalty rings', 'ringall', [{ ...RINGS, Penalty: 1 }, PHONE], (bench, queue) => call(bench, queue)),
  onQueue('a queue nobody may join', 'closed', [], (bench, queue) => call(bench, queue)),
  onQueue('a queue that is full', 'short', [], async (bench, queue) => {
    await bench.until('QueueCallerJoin', {}, 'Originate', caller(queue))
    await call(bench, queue)
  }),
  onQueue('a queue that is not there', 'none', [], (bench, queue) => call(bench, queue)),
  onQueue('two callers wait', 'ringall', [], async (bench, queue) => {
    await bench.until('QueueCallerJoin', { Position: 1 }, 'Originate', caller(queue, { ChannelId: 'q-first' }))
    await bench.until('QueueCallerJoin', { Position: 2 }, 'Originate', caller(queue, { ChannelId: 'q-second' }))
    await bench.send('QueueStatus', { Queue: queue })
    await bench.send('QueueSummary', { Queue: queue })
    await bench.send('Hangup', { Channel: 'q-first' })
  }),
  onQueue('by turns', 'rrmemory', [PHONE, LOCAL], async (bench, queue) => {
    await call(bench, queue)
    await bench.second()
    await call(bench, queue)
  }),
  onQueue('the least recently called', 'leastrecent', [PHONE, LOCAL], async (bench, queue) => {
    await call(bench, queue)
    await bench.second()
    await call(bench, queue)
  }),
  onQueue('who had the fewest calls', 'fewestcalls', [PHONE, LOCAL], async (bench, queue) => {
    await call(bench, queue)
    await bench.second()
    await call(bench, queue)
  }),
  onQueue('in the order of the members', 'linear', [RINGS, PHONE], (bench, queue) => call(bench, queue)),
  onQueue('after a call a member rests', 'wrapup', [PHONE], async (bench, queue) => {
    await call(bench, queue)
    await bench.second()
    await call(bench, queue)
  }),
  onQueue('a member is paused while the phone rings', 'ringall', [RINGS], async (bench, Queue) => {
    await bench.until('AgentCalled', {}, 'Originate', caller(Queue))
    await bench.quiet()
    await bench.send('QueuePause', { Queue, Interface: RINGS.Interface, Paused: true })
  }),
  onQueue('a member comes while somebody waits', 'ringall', [], async (bench, Queue) => {
    await bench.until('QueueCallerJoin', {}, 'Originate', caller(Queue))
    await bench.send('QueueAdd', { Queue, ...PHONE })
    await bench.calm()
    await bench.send('QueueRemove', { Queue, Interface: PHONE.Interface })
  }),
  onQueue('a caller is withdrawn', 'ringall', [], async (bench, Queue) => {
    const joined = await bench.until('QueueCallerJoin', {}, 'Originate', caller(Queue))
    await bench.send('QueueChangePriorityCaller', { Queue, Caller: joined.get('Channel'), Priority: 3 })
    await bench.send('QueueStatus', { Queue })
    await bench.send('QueueWithdrawCaller', { Queue, Caller: joined.get('Channel'), WithdrawInfo: 'why' })
  }),
  onQueue('a caller is redirected', 'ringall', [], async (bench, Queue) => {
    const joined = await bench.until('QueueCallerJoin', {}, 'Originate', caller(Queue))
    await bench.send('Redirect', { Channel: joined.get('Channel'), Context: 'default', Exten: 'answer', Priority: 1 })
  }),
  onQueue('the application by Originate', 'ringall', [PHONE], (bench) =>
    bench.originate({ Channel: 'Local/long@default/n', Application: 'Queue', Data: 'ringall,,,,3', Async: true }),
  ),
  onQueue('a step of several', 'ringall', [], (bench) =>
    bench.originate({ Channel: 'Local/steps@default/n', Application: 'Wait', Data: 20, Async: true }),
  ),
]
