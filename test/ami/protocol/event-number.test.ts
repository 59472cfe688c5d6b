import { describe, expect, it } from 'vitest'
import { eventNumber } from '../../../src/ami/protocol/event-number.js'

const numberIn = (text: string) => {
  const bytes = new TextEncoder().encode(text)
  return eventNumber(bytes, text.indexOf('\r'), bytes.length)
}

describe('the number of an event', () => {
  it('stands behind its classes, and behind its time where the server sends that (recorded from 22.10)', () => {
    expect(numberIn('Event: UserEvent\r\nPrivilege: user,all\r\nSequenceNumber: 1\r\nFile: manager.c\r\n\r\n')).toBe(1)
    expect(
      numberIn('Event: X\r\nPrivilege: user,all\r\nTimestamp: 1795397647.69\r\nSequenceNumber: 98765\r\nFile: x\r\n\r\n'),
    ).toBe(98_765)
  })

  it.each([
    'Event: X\r\nPrivilege: user,all\r\nUserEvent: a\r\n\r\n',
    'Event: X\r\nPrivilege: user,all\r\nA: b\r\nC: d\r\nSequenceNumber: 4\r\n\r\n',
    'Event: X\r\nPrivilege: user,all\r\nSequenceNumber: \r\n\r\n',
    'Event: X\r\nPrivilege: user,all\r\nSequenceNumber: x\r\n\r\n',
    'Event: X\r\nPrivilege: user,all\r\nSequenceNumber: 99999999999999999999\r\n\r\n',
    'Event: X\r\n\r\n',
    'Event: X',
  ])('there is none in %j', (text) => {
    expect(numberIn(text)).toBeUndefined()
  })
})
