// Members of 50 queues, as Asterisk 22 tells of them.
const QUEUES = 50

/** The bytes that tell of `live` members: of the coming of each, or of `count` changes of their states, in turn. */
export function memberEvents(live, count) {
  let text = ''
  if (count === 0) for (let number = 0; number < live; number += 1) text += member('QueueMemberAdded', number, 1)
  for (let number = 0; number < count; number += 1)
    text += member('QueueMemberStatus', number % live, Math.floor(number / live) % 2 === 0 ? 2 : 1)
  return Buffer.from(text, 'latin1')
}

function member(event, number, status) {
  const device = `PJSIP/${number}`
  return `Event: ${event}\r\nPrivilege: agent,all\r\nQueue: queue-${number % QUEUES}\r\nMemberName: ${device}\r\nInterface: ${device}\r\nStateInterface: ${device}\r\nMembership: dynamic\r\nPenalty: 0\r\nCallsTaken: 0\r\nLastCall: 0\r\nLastPause: 0\r\nLoginTime: 1795397647\r\nInCall: 0\r\nStatus: ${status}\r\nPaused: 0\r\nPausedReason: \r\nRinginuse: 1\r\nWrapuptime: 0\r\n\r\n`
}
