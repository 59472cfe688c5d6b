import { UP } from './channel.js'
import { type Channel, type EventReader, type Fields, numberIn } from './switchboard.js'
import type { QueueResult } from './transition.js'

/** Callers wait in queues of the PBX, which ring their members. */
export const QUEUE_READERS: Readonly<Record<string, EventReader>> = {
  QueueCallerJoin(board, fields) {
    const channel = board.see(fields)
    const position = numberIn(fields, 'Position')
    channel?.call?.joinedQueue({ type: 'queueJoined', ...of(channel), queue: queueOf(fields), position })
  },

  /** Comes when the caller hung up, and when the queue's time is over too: only the first one asked for its hangup. */
  QueueCallerAbandon(board, fields) {
    const channel = board.see(fields)
    if (channel !== undefined) leave(channel, fields, channel.requestedCause === undefined ? 'timeout' : 'abandoned')
  },

  /** Comes after QueueCallerAbandon, and before AgentConnect. What another telephone picks up rings still; else nothing does by then. */
  QueueCallerLeave(board, fields) {
    const channel = board.see(fields)
    if (channel === undefined || channel.call?.queue === undefined) return
    const isConnected = channel.call.channels.some(
      ({ dialer, dialing, state }) => dialer === channel && (dialing || state === UP),
    )
    leave(channel, fields, isConnected ? 'connected' : 'other')
  },

  AgentCalled: agent('agentCalled'),
  AgentConnect: agent('agentConnected'),
  AgentRingNoAnswer: agent('agentNotAnswered'),
  AgentComplete: agent('agentEnded'),
}

/**
 * `Interface` and `MemberName` are of the member who was rung, also if a colleague picked the call up. A queue tells the end when it hears of
 * the hangup, and the caller may be gone by then.
 */
function agent(type: 'agentCalled' | 'agentConnected' | 'agentNotAnswered' | 'agentEnded'): EventReader {
  return (board, fields) => {
    const call = board.see(fields)?.call ?? board.callOf(fields.get('Linkedid') ?? '')
    const [uniqueId, channel] = [fields.get('Uniqueid') ?? '', fields.get('Channel') ?? '']
    const [member, device] = [fields.get('MemberName') ?? '', fields.get('Interface') ?? '']
    call?.tell({ type, uniqueId, channel, queue: queueOf(fields), member, interface: device })
  }
}

function leave(channel: Channel, fields: Fields, result: QueueResult): void {
  channel.call?.leftQueue(result, { type: 'queueLeft', ...of(channel), queue: queueOf(fields), result })
}

function queueOf(fields: Fields): string {
  return fields.get('Queue') ?? ''
}

function of({ uniqueId, name }: Channel) {
  return { uniqueId, channel: name }
}
