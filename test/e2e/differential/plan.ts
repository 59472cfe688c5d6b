import type { Dialplan, FakeAsterisk } from 'obelus-asterisk/testing'

/** What `conf/extensions.conf` and `conf/pjsip.conf` of the real servers are. */
export const PLAN: Dialplan = {
  answer: { answer: { talkMs: 200 } },
  long: { answer: { talkMs: 2000 } },
  busy: 'busy',
  congestion: 'congestion',
  reject: 'reject',
  ring: 'noanswer',
  dial: { dial: 'Local/answer@default', timeoutMs: 10_000 },
  fork: { dial: ['PJSIP/203', 'PJSIP/200'], timeoutMs: 10_000 },
  noone: { dial: 'PJSIP/203', timeoutMs: 1000 },
  200: { answer: { afterMs: 100, talkMs: 1000, cause: 16 } },
  201: 'busy',
  202: 'reject',
  203: 'noanswer',
  204: 'congestion',
}

/** The other files of `conf`: devices and hints. */
export function configure(pbx: FakeAsterisk): void {
  pbx.dialplan(PLAN)
  for (const phone of ['200', '201', '202', '203', '204']) pbx.state.devices.set(`PJSIP/${phone}`, 'NOT_INUSE')
  pbx.state.hints.set('300@day', 'Custom:lamp,CustomPresence:desk')
}
