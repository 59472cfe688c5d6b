import type { Pbx } from './pbx.js'

const MEMBER = 'Local/answer@day/n'

/** A queue: its members, a caller who is answered, one whom nobody answers, one who gives up. */
export async function queues(pbx: Pbx): Promise<void> {
  const { ami } = pbx
  const member = { Queue: 'day', Interface: MEMBER }
  await pbx.until('QueueMemberAdded', () => ami.sendAction('QueueAdd', { ...member, MemberName: 'Ann', Penalty: 1 }))
  await pbx.until('QueueMemberPause', () => ami.sendAction('QueuePause', { ...member, Paused: true, Reason: 'tea' }))
  await pbx.until('QueueMemberPause', () => ami.sendAction('QueuePause', { ...member, Paused: false }))
  await pbx.until('QueueMemberPenalty', () => ami.sendAction('QueuePenalty', { ...member, Penalty: 2 }))
  await pbx.until('QueueMemberRinginuse', () => ami.sendAction('QueueMemberRingInUse', { ...member, RingInUse: 'no' }))
  await pbx.attempt('QueueMemberRingInUse', { ...member, RingInUse: 'yes' })
  const connected = pbx.next('AgentConnect')
  const caller = await pbx.answeredCall('Local/queue@day/n')
  await connected
  for (const action of ['QueueStatus', 'QueueSummary']) await pbx.list(action)
  await pbx.attempt('QueueRule')
  await pbx.until('AgentComplete', () => pbx.hangUp(caller.id))
  await pbx.until('QueueMemberRemoved', () => ami.sendAction('QueueRemove', member))
}

/** A caller for whom nobody answers, and who gives up. */
export async function abandonedQueue(pbx: Pbx): Promise<void> {
  await pbx.attempt('QueueAdd', { Queue: 'day', Interface: 'Local/ring@day/n' })
  const rings = pbx.next('AgentRingNoAnswer')
  const { id } = await pbx.answeredCall('Local/queue@day/n')
  await rings
  await pbx.list('QueueStatus', { Queue: 'day' })
  await pbx.until('QueueCallerAbandon', () => pbx.hangUp(id))
  await pbx.attempt('QueueRemove', { Queue: 'day', Interface: 'Local/ring@day/n' })
}

/** An agent who logs in and off. */
export async function agents(pbx: Pbx): Promise<void> {
  await pbx.until('AgentLogin', () => pbx.call('Local/agent@day/n'))
  await pbx.list('Agents')
  await pbx.until('AgentLogoff', () => pbx.attempt('AgentLogoff', { Agent: '1001', Soft: false }))
}
