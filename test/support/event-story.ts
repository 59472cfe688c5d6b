import type { RecordedEvent } from './recorded-call.js'
import { headerOf } from './recorded-call.js'

/** What calls say beside what happens to them. */
const BESIDE = [
  'VarSet',
  'Newexten',
  'NewCallerid',
  'NewConnectedLine',
  'DeviceStateChange',
  'TestEvent',
  'MusicOnHoldStart',
  'MusicOnHoldStop',
  'Cdr',
  'QueueMemberStatus',
  'ExtensionStatus',
  'SuccessfulAuth',
  'NewAccountCode',
  'RTCPSent',
  'RTCPReceived',
]

/** The headers that tell what happened; the others tell of whom. */
const FACTS = [
  'ChannelStateDesc',
  'DestChannelStateDesc',
  'Cause',
  'Cause-txt',
  'TechCause',
  'DialStatus',
  'BridgeType',
  'BridgeTechnology',
  'BridgeNumChannels',
  'Response',
  'Reason',
  'Digit',
  'Direction',
  'Result',
]

/**
 * The events of each channel (and each bridge, and each Originate) in their order, with the facts they tell. Asterisk's threads report each
 * their own channel: between channels the order differs from one call to the next. Sorted, so that two can be compared.
 */
export function storiesOf(events: readonly RecordedEvent[]): string[][] {
  const stories = new Map<string, string[]>()
  for (const event of events) {
    if (BESIDE.includes(event.name)) continue
    const subjects = ['DestUniqueid', 'Uniqueid', 'LocalOneUniqueid', 'TransfererUniqueid', 'BridgeUniqueid']
    const subject =
      event.name === 'OriginateResponse' ? 'originate' : subjects.map((name) => headerOf(event, name)).find((id) => id !== '')
    const facts = FACTS.map((name) => headerOf(event, name)).filter((value) => value !== '')
    const story = stories.get(subject ?? '') ?? []
    stories.set(subject ?? '', [...story, [event.name, ...facts].join(' ')])
  }
  return [...stories.values()].sort((one, two) => one.join().localeCompare(two.join()))
}

/** The headers that each kind of event has, but for ActionID, which is the client's. */
export function headersOf(events: readonly RecordedEvent[]): Record<string, string[]> {
  const headers: Record<string, string[]> = {}
  for (const event of events) {
    if (BESIDE.includes(event.name)) continue
    // Asterisk gives the headers of a kind always in one order; a channel that dials has a second set of them.
    const kind = `${event.name}${headerOf(event, 'Channel') === '' ? '' : ' of a channel'}${headerOf(event, 'Application') === '' ? '' : ' for an application'}`
    headers[kind] = event.headers.map(([name]) => name).filter((name) => name !== 'ActionID')
  }
  return headers
}
