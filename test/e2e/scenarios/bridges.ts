import type { Pbx } from './pbx.js'

/** Calls that are bridged, redirected and transferred, blindly and attended. */
export async function bridges(pbx: Pbx): Promise<void> {
  const one = await pbx.answeredCall('Local/answer@day/n')
  const two = await pbx.answeredCall('Local/answer@day/n')
  const entered = await pbx.until('BridgeEnter', () =>
    pbx.ami.sendAction('Bridge', { Channel1: one.channel, Channel2: two.channel, Tone: 'no' }),
  )
  await pbx.list('BridgeList')
  await pbx.list('BridgeInfo', { BridgeUniqueid: entered.get('BridgeUniqueid') })
  await pbx.list('BridgeTechnologyList')
  await pbx.until('BridgeDestroy', () =>
    pbx.ami.sendAction('Redirect', { Channel: one.channel, Context: 'day', Exten: 'brief', Priority: 1 }),
  )
}

/** A bridged call whose one side is sent on without asking. */
export async function blindTransfer(pbx: Pbx): Promise<void> {
  const { channel } = await pbx.bridgedCall()
  await pbx.until('BlindTransfer', () =>
    pbx.ami.sendAction('BlindTransfer', { Channel: channel, Context: 'day', Exten: 'answer' }),
  )
}

/** A bridged call whose one side asks a third before it sends the other on. */
export async function attendedTransfer(pbx: Pbx): Promise<void> {
  const { channel, id } = await pbx.bridgedCall()
  const consulted = pbx.next('BridgeEnter', (event) => event.get('BridgeNumChannels') === '2')
  await pbx.until('Hold', () => pbx.ami.sendAction('Atxfer', { Channel: channel, Context: 'day', Exten: '200' }))
  await consulted
  await pbx.until('AttendedTransfer', () => pbx.hangUp(id))
}
