import { AudioSocketServer } from 'obelus-asterisk/media'
import { AudioSocketCaller } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished } from 'vitest'
import { tone } from '../support/tone.js'

async function open() {
  const media = new AudioSocketServer({ port: 0 })
  await media.listen()
  onTestFinished(() => media.close())
  return media
}

it('a caller says something, hears the answer, presses a key and hangs up', async () => {
  const media = await open()
  const expected = media.expect()
  const caller = new AudioSocketCaller(media.addressFor('127.0.0.1'), { uuid: expected.uuid, says: tone(40) })
  const heard = caller.hears()
  const sound = await expected.connection
  const keys = sound.digits()
  for await (const frame of sound.audio()) if (Buffer.from(frame).equals(tone(20))) break
  await sound.play(tone(20, { hz: 500 }))
  for await (const frame of heard) if (Buffer.from(frame).equals(tone(20, { hz: 500 }))) break
  caller.press('5')
  expect((await keys.next()).value).toBe('5')
  caller.hangup()
  expect((await keys.next()).done).toBe(true)
  expect(sound.signal.aborted).toBe(true)
})

it('is told when the server ends the connection', async () => {
  const media = await open()
  const expected = media.expect()
  const caller = new AudioSocketCaller(media.addressFor('127.0.0.1'), { uuid: expected.uuid })
  const heard = caller.hears()
  ;(await expected.connection).close()
  for await (const _ of heard);
  expect(caller.signal.aborted).toBe(true)
})

it('says who cannot be reached', async () => {
  const media = await open()
  const address = media.addressFor('127.0.0.1')
  await media.close()
  const caller = new AudioSocketCaller(address, { uuid: '40325ec2-5efd-4bd3-805f-53576e581d13' })
  await expect(caller.connected).rejects.toThrow(`nobody takes AudioSocket at ${address}`)
})

it.each([
  ['127.0.0.1', {}, 'address must be host:port'],
  ['127.0.0.1:1', { uuid: 'x' }, 'uuid must be a UUID'],
])('%s, %j is refused', (address, options, message) => {
  expect(() => new AudioSocketCaller(address, { uuid: '40325ec2-5efd-4bd3-805f-53576e581d13', ...options })).toThrow(message)
})
