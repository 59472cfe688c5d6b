import type { Bench, Headers, Program } from '../bench.js'

const member = (ChannelId: string, more: Headers = {}) => ({
  Channel: 'Local/conference@default/n',
  Application: 'Wait',
  Data: 20,
  Async: true,
  Timeout: 5_000,
  ChannelId,
  ...more,
})
const joined = (bench: Bench, ChannelId: string) => bench.until('ConfbridgeJoin', {}, 'Originate', member(ChannelId))

const program = (name: string, run: (bench: Bench) => Promise<void>): Program => ({
  name: `conference: ${name}`,
  run: async (bench) => {
    await run(bench)
    await bench.calm()
  },
})
const room = { Conference: 'room' }
const one = (name: string, headers: Headers = {}, what = ''): Program =>
  program(`${name} ${what}`, async (bench) => {
    await bench.send(name, headers)
  })

/** Programs of conferences. */
export const conferencePrograms: readonly Program[] = [
  one('ConfbridgeListRooms', {}, 'without any'),
  one('ConfbridgeList', {}, 'without a conference'),
  one('ConfbridgeList', room, 'of one that is not there'),
  ...['ConfbridgeMute', 'ConfbridgeUnmute', 'ConfbridgeKick'].flatMap((name) => [
    one(name, {}, 'without a conference'),
    one(name, room, 'without a channel'),
    one(name, { ...room, Channel: 'PJSIP/none' }, 'in one that is not there'),
  ]),
  ...['ConfbridgeLock', 'ConfbridgeUnlock', 'ConfbridgeStopRecord'].flatMap((name) => [
    one(name, {}, 'without a conference'),
    one(name, room, 'of one that is not there'),
  ]),
  program('one member comes and goes', async (bench) => {
    await joined(bench, 'c-1')
    await bench.quiet()
    await bench.send('ConfbridgeListRooms')
    await bench.send('ConfbridgeList', room)
    await bench.send('Hangup', { Channel: 'c-1', Cause: 16 })
  }),
  program('two members, and one is muted, kicked', async (bench) => {
    await joined(bench, 'c-1')
    const second = await joined(bench, 'c-2')
    const Channel = second.get('Channel')
    await bench.quiet()
    await bench.send('ConfbridgeList', room)
    await bench.send('ConfbridgeMute', { ...room, Channel: 'PJSIP/none' })
    await bench.send('ConfbridgeMute', { ...room, Channel })
    await bench.send('ConfbridgeUnmute', { ...room, Channel })
    await bench.send('ConfbridgeLock', room)
    await bench.send('ConfbridgeListRooms')
    await bench.send('ConfbridgeUnlock', room)
    await bench.send('ConfbridgeStopRecord', room)
    await bench.send('ConfbridgeKick', { ...room, Channel: 'PJSIP/none' })
    await bench.send('ConfbridgeKick', { ...room, Channel })
    await bench.quiet()
    await bench.send('ConfbridgeKick', { ...room, Channel: 'all' })
  }),
  program('one is redirected', async (bench) => {
    const first = await joined(bench, 'c-1')
    await bench.quiet()
    await bench.send('Redirect', { Channel: first.get('Channel'), Context: 'default', Exten: 'answer', Priority: 1 })
  }),
]
