import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { AMIEvent } from 'obelus-asterisk'
import { GREETING, RecordingProtocol } from './recording-protocol.js'

export type Header = readonly [name: string, value: string]

/** One event of a recording. */
export interface RecordedEvent {
  readonly name: string
  readonly headers: readonly Header[]
}

/** The events of a recorded call, such as `ami-22/call-dial-busy`, with texts replaced: ids that the test chooses. */
export function recordedCall(name: string, replacements: Readonly<Record<string, string>> = {}): RecordedEvent[] {
  const protocol = new RecordingProtocol()
  const text = readFileSync(fileURLToPath(new URL(`../fixtures/${name}.ami`, import.meta.url)), 'latin1')
  protocol.feed(GREETING + text)
  const replaced = (value: string) => replacements[value] ?? value
  return protocol.events.map((event: AMIEvent) => ({
    name: event.name,
    headers: [...event.entries()]
      .filter(([header]) => header !== 'Event')
      .map(([header, value]) => [header, replaced(value)] as const),
  }))
}

export function headerOf(event: RecordedEvent, name: string): string {
  return event.headers.find(([header]) => header === name)?.[1] ?? ''
}

/** What `CoreShowChannels` lists after these events. */
export function channelsAfter(events: readonly RecordedEvent[]): Record<string, string>[] {
  const channels = new Map<string, Record<string, string>>()
  for (const event of events) {
    const uniqueId = headerOf(event, 'Uniqueid')
    const channel = channels.get(uniqueId)
    const copied = ['Channel', 'ChannelState', 'ChannelStateDesc', 'Uniqueid', 'Linkedid', 'Context', 'Exten']
    const own = Object.fromEntries(copied.map((header) => [header, headerOf(event, header)]))
    if (event.name === 'Newchannel') channels.set(uniqueId, { ...own, BridgeId: '', Application: '' })
    else if (event.name === 'Hangup') channels.delete(uniqueId)
    else if (channel === undefined) continue
    else if (event.name === 'Newstate') Object.assign(channel, own)
    else if (event.name === 'BridgeEnter') Object.assign(channel, own, { BridgeId: headerOf(event, 'BridgeUniqueid') })
    else if (event.name === 'BridgeLeave') channel.BridgeId = ''
  }
  return [...channels.values()]
}
