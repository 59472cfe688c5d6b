import { AMIEvent } from 'obelus-asterisk/protocol'
import { describe, expect, it } from 'vitest'
import { CallContext } from '../../src/calls/call-context.js'
import type { CallState } from '../../src/calls/call-state.js'
import { Outside } from '../../src/calls/outside.js'
import { Switchboard } from '../../src/calls/switchboard.js'
import { Tracker } from '../../src/calls/tracker.js'
import { HeaderFields } from '../../src/core/header-fields.js'

/** A tracker of so many channels, and what it tells. */
function trackerOf(maxChannels: number) {
  const incoming: CallState[] = []
  const over: CallState[] = []
  const board = new Switchboard(new CallContext(() => 0, 10), new Outside({}), maxChannels, {
    began: (call) => incoming.push(call),
    joined: () => undefined,
    silent: () => undefined,
    unexplained: () => undefined,
    over: (call) => over.push(call),
  })
  const tracker = new Tracker(board)
  const tell = (name: string, fields: Readonly<Record<string, string | number>>) => {
    const lines = Object.entries(fields).map(([header, value]) => `${header}: ${value}\r\n`)
    tracker.eventReceived(AMIEvent.read(name, new HeaderFields(`Event: ${name}\r\n${lines.join('')}\r\n`)))
  }
  const newChannel = (id: string, state: number, linkedId = id) =>
    tell('Newchannel', { Channel: `PJSIP/${id}`, ChannelState: state, Uniqueid: id, Linkedid: linkedId })
  return { board, incoming, over, tell, newChannel }
}

describe('channels that never hang up', () => {
  it('are let go, those that are there longest first', () => {
    const { board, newChannel } = trackerOf(100)
    for (let number = 0; number < 10_000; number += 1) newChannel(`c${number}`, 0)
    expect(board.channels.length).toBeLessThanOrEqual(100)
    expect(board.channels.length).toBeGreaterThanOrEqual(90)
  })

  it('end their calls as lost, each once', () => {
    const { board, incoming, over, newChannel } = trackerOf(100)
    for (let number = 0; number < 1_000; number += 1) newChannel(`c${number}`, 4)
    expect(incoming).toHaveLength(1_000)
    expect(board.calls.length).toBeLessThanOrEqual(100)
    expect(over).toEqual(incoming.slice(0, over.length))
    expect(over[0]?.outcome).toMatchObject({ result: 'lost', error: { code: 'TOO_MANY_CHANNELS' } })
  })

  it('leave a call to the channels that it still has', () => {
    const { incoming, newChannel } = trackerOf(10)
    newChannel('a', 4)
    for (let number = 0; number < 9; number += 1) newChannel(`filler${number}`, 0)
    newChannel('b', 0, 'a')
    expect(incoming[0]).toMatchObject({ outcome: undefined, channels: [{ uniqueId: 'b' }] })
  })
})

it('a channel whose Linkedid changes for ever leaves a bounded trace', () => {
  const { incoming, tell, newChannel } = trackerOf(10)
  newChannel('a', 4)
  for (let number = 0; number < 5_000; number += 1) {
    tell('Newstate', { Channel: 'PJSIP/a', ChannelState: 6, Uniqueid: 'a', Linkedid: `l${number}` })
  }
  expect(incoming[0]?.linkedIds.length).toBeLessThanOrEqual(1_000)
  expect(incoming[0]?.linkedIds[0]).toBe('a')
})
