import type { AGISession, AMIClient } from 'obelus-asterisk'

/** A queue that says to callers how many wait before them, and offers something else to those who nobody took. */
export function waitingRoom(ami: AMIClient, queue: string, offer: (agi: AGISession) => Promise<void>) {
  return async (agi: AGISession): Promise<void> => {
    await agi.answer()
    const { events } = await ami.sendAction('QueueStatus', { Queue: queue })
    const before = events.filter((event) => event.name === 'QueueEntry').length
    await agi.say(['queue-youarenext', { number: before + 1 }], { escapeDigits: '#' })
    const left = await agi.queue(queue, { timeoutMs: 120_000, options: 'tc' })
    await agi.setVariable('LEFT_QUEUE', left.member ?? left.status)
    if (!left.answered && left.status !== 'ABANDON') await offer(agi)
  }
}
