import type { Pbx } from './pbx.js'

/** Calls that are parked: one is fetched, one is forgotten, one gives up. */
export async function parking(pbx: Pbx): Promise<void> {
  const fetched = await park(pbx)
  await pbx.list('ParkedCalls')
  await pbx.list('Parkinglots')
  await pbx.until('UnParkedCall', () => pbx.call('Local/retrieve@day/n', {}, { SPACE: fetched }))
  await pbx.hangUpAll()
  const forgotten = pbx.next('ParkedCallTimeOut')
  await park(pbx, 500)
  await forgotten
  await pbx.hangUpAll()
  await park(pbx)
  await pbx.until('ParkedCallGiveUp', () => pbx.hangUpAll())
}

/** Parks a call that is up and resolves with its space. */
async function park(pbx: Pbx, timeoutMs = 45_000): Promise<string> {
  const { channel } = await pbx.answeredCall('Local/answer@day/n')
  const parked = await pbx.until('ParkedCall', () => pbx.ami.sendAction('Park', { Channel: channel, Timeout: timeoutMs }))
  return parked.get('ParkingSpace') ?? ''
}
