import type { Pbx } from './pbx.js'

const ROOM = { Conference: 'room' }

/** A conference: joined, muted, recorded, left. */
export async function conferences(pbx: Pbx): Promise<void> {
  const joined = pbx.next('ConfbridgeJoin')
  const { id } = await pbx.answeredCall(`PJSIP/loop/${pbx.uri('tone')}`, { Context: 'day', Exten: 'conference', Priority: 1 })
  const { Channel } = (await joined).headers
  const member = { ...ROOM, Channel: Channel ?? '' }
  const talking = pbx.next('ConfbridgeTalking')
  await pbx.until('ConfbridgeMute', () => pbx.ami.sendAction('ConfbridgeMute', member))
  await pbx.until('ConfbridgeUnmute', () => pbx.ami.sendAction('ConfbridgeUnmute', member))
  await talking.catch(() => undefined)
  await pbx.list('ConfbridgeList', ROOM)
  await pbx.list('ConfbridgeListRooms')
  await pbx.attempt('ConfbridgeLock', ROOM)
  await pbx.attempt('ConfbridgeUnlock', ROOM)
  await pbx.attempt('ConfbridgeSetSingleVideoSrc', member)
  await pbx.until('ConfbridgeRecord', () => pbx.attempt('ConfbridgeStartRecord', ROOM)).catch(() => undefined)
  await pbx.until('ConfbridgeStopRecord', () => pbx.attempt('ConfbridgeStopRecord', ROOM)).catch(() => undefined)
  await pbx.until('ConfbridgeEnd', () => pbx.hangUp(id))
}
