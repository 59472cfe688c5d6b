import type { Bench, Headers, Program } from '../bench.js'

const program = (name: string, run: (bench: Bench) => Promise<void>): Program => ({
  name: `parking: ${name}`,
  run: async (bench) => {
    await run(bench)
    await bench.calm()
  },
})
const one = (name: string, headers: Headers = {}, what = ''): Program =>
  program(`${name} ${what}`, async (bench) => {
    await bench.send(name, headers)
  })
const stays = (ChannelId: string, more: Headers = {}) => ({
  Channel: 'Local/long@default/n',
  Application: 'Wait',
  Data: 5,
  Async: true,
  ChannelId,
  ...more,
})
/** A call that is up, and parked by the manager. */
async function parked(bench: Bench): Promise<void> {
  const up = await bench.until('OriginateResponse', {}, 'Originate', stays('p-1', { Data: 30 }))
  await bench.quiet()
  await bench.until('ParkedCall', {}, 'Park', { Channel: up.get('Channel') })
  await bench.quiet()
}

/** Programs of parking. */
export const parkingPrograms: readonly Program[] = [
  one('Parkinglots'),
  one('ParkedCalls', {}, 'without any'),
  one('ParkedCalls', { ParkingLot: 'none' }, 'of a lot that is not there'),
  one('Park', {}, 'without a channel'),
  one('Park', { Channel: 'PJSIP/none' }, 'of a channel that is not there'),
  program('Park in a lot that is not there', async (bench) => {
    const up = await bench.until('OriginateResponse', {}, 'Originate', stays('p-1'))
    await bench.send('Park', { Channel: up.get('Channel'), Parkinglot: 'none' })
    await bench.send('Park', { Channel: up.get('Channel'), Timeout: 'x' })
    await bench.send('Hangup', { Channel: 'p-1' })
  }),
  program('a call is parked, and hangs up', async (bench) => {
    await parked(bench)
    await bench.send('ParkedCalls')
    await bench.send('Hangup', { Channel: 'p-1' })
  }),
  program('a parked call is fetched', async (bench) => {
    await parked(bench)
    const fetcher = { Channel: 'Local/fetch@default/n', Application: 'Wait', Data: 20, Async: true, ChannelId: 'p-2' }
    await bench.until('UnParkedCall', {}, 'Originate', fetcher)
    await bench.quiet()
    await bench.send('ParkedCalls')
    await bench.send('Hangup', { Channel: 'p-2' })
  }),
  program('nobody is in the space', async (bench) => {
    await bench.originate({ Channel: 'Local/fetch@default/n', Application: 'Wait', Data: 20, Async: true })
  }),
  program('the application Park', async (bench) => {
    await bench.until('ParkedCall', {}, 'Originate', { ...stays('p-3'), Channel: 'Local/park@default/n', Data: 20 })
    await bench.quiet()
    await bench.send('Hangup', { Channel: 'p-3' })
  }),
]
