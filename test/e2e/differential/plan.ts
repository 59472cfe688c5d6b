import type { Dialplan, FakeAsterisk, FakeQueueOptions } from 'obelus-asterisk/testing'

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
  'queue-ringall': { queue: 'ringall', timeoutMs: 3000 },
  'queue-rrmemory': { queue: 'rrmemory', timeoutMs: 3000 },
  'queue-leastrecent': { queue: 'leastrecent', timeoutMs: 3000 },
  'queue-linear': { queue: 'linear', timeoutMs: 3000 },
  'queue-fewestcalls': { queue: 'fewestcalls', timeoutMs: 3000 },
  'queue-wrapup': { queue: 'wrapup', timeoutMs: 3000 },
  'queue-closed': { queue: 'closed', timeoutMs: 3000 },
  'queue-short': { queue: 'short', timeoutMs: 3000 },
  'queue-none': { queue: 'none', timeoutMs: 3000 },
  conference: { conference: 'room' },
  park: { steps: ['Answer()', 'Park()', 'Hangup()'] },
  fetch: { steps: ['Answer()', 'ParkedCall(default,701)', 'Hangup()'] },
  steps: { steps: ['Answer()', 'Set(STEP=one)', 'Queue(ringall,,,,1)', 'NoOp(TIMEOUT)', 'Hangup(17)'] },
}

const QUICK = { timeoutMs: 1000, retryMs: 1000, ringInUse: false }

/** What `conf/queues.conf` is. */
export const QUEUES: Readonly<Record<string, FakeQueueOptions>> = {
  ringall: { ...QUICK, strategy: 'ringall' },
  rrmemory: { ...QUICK, strategy: 'rrmemory' },
  leastrecent: { ...QUICK, strategy: 'leastrecent' },
  linear: { ...QUICK, strategy: 'linear' },
  fewestcalls: { ...QUICK, strategy: 'fewestcalls' },
  wrapup: { ...QUICK, wrapUpMs: 2000 },
  closed: { ...QUICK, joinEmpty: false, leaveWhenEmpty: true },
  short: { ...QUICK, maxLength: 1 },
}

/** The other files of `conf`: devices and hints. */
export function configure(pbx: FakeAsterisk): void {
  pbx.dialplan(PLAN)
  for (const [name, queue] of Object.entries(QUEUES)) pbx.queue(name, queue)
  for (const phone of ['200', '201', '202', '203', '204']) pbx.state.devices.set(`PJSIP/${phone}`, 'NOT_INUSE')
  pbx.state.hints.set('300@day', 'Custom:lamp,CustomPresence:desk')
}
