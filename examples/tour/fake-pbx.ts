import { action, event, FakeAsterisk, FakeResponse } from 'obelus-asterisk/testing'

/** The fake that the tour runs on: a small office with one queue. */
export async function openFakePBX(): Promise<{ port: number; restart(): void; close(): Promise<void> }> {
  const pbx = new FakeAsterisk(
    { users: { admin: 's3cret' } },
    action(
      'Command',
      () => new FakeResponse('Success', { Message: 'Command output follows', Output: ['Asterisk 22.10.1 (the fake one)'] }),
    ),
    action('QueueStatus', function* () {
      yield event('QueueParams', { Queue: 'support', Strategy: 'ringall', Calls: 1 })
      yield event('QueueMember', { Queue: 'support', Name: 'Ann', Location: 'PJSIP/100', Status: 1 })
      yield event('QueueMember', { Queue: 'support', Name: 'Bob', Location: 'PJSIP/101', Status: 2 })
    }),
  )
  const { port } = await pbx.listen()
  return { port, restart: () => pbx.restart(), close: () => pbx.close() }
}
