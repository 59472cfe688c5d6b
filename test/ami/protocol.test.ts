import { describe, expect, it } from 'vitest'
import { GREETING, RecordingProtocol } from '../support/recording-protocol.js'
import { bytesOf, waysToSplit } from '../support/splits.js'

describe('AMIProtocol', () => {
  const stream = `${GREETING}Event: Hangup\r\nPrivilege: call,all\r\nChannel: PJSIP/a-1\r\nCause-txt:  two spaces \r\n\r\n\r\nEvent: Other\r\nX: a\nb\r\n\n`
  for (const { name, chunks } of waysToSplit(bytesOf(stream))) {
    it(`gives the same messages from bytes that come ${name}`, () => {
      const protocol = new RecordingProtocol()
      for (const chunk of chunks) protocol.dataReceived(chunk)
      expect(protocol.greetings).toEqual([['Asterisk Call Manager', '11.0.0']])
      expect(protocol.events.map((event) => event.toJSON())).toEqual([
        {
          name: 'Hangup',
          headers: { Event: 'Hangup', Privilege: 'call,all', Channel: 'PJSIP/a-1', 'Cause-txt': ' two spaces ' },
        },
        { name: 'Other', headers: { Event: 'Other', X: 'a\nb' } },
      ])
    })
  }
})
