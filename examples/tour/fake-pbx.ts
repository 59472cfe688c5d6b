import { action, event, FakeAsterisk, FakeResponse } from 'obelus-asterisk/testing'

export interface FakePBX {
  readonly port: number
  /** Somebody calls in, and hangs up by and by. */
  callIn(): void
  restart(): void
  close(): Promise<void>
}

/** The fake that the tour runs on: a small office with one queue and three telephones. */
export async function openFakePBX(): Promise<FakePBX> {
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
  pbx.dialplan({
    100: { answer: { afterMs: 200 } },
    200: { answer: { afterMs: 150, talkMs: 400 } },
    300: { dial: 'PJSIP/100', answerFirst: true },
  })
  const { port } = await pbx.listen()
  const callIn = () => pbx.incomingCall({ to: '300', from: '"Carol" <0301234567>' })
  return { port, callIn, restart: () => pbx.restart(), close: () => pbx.close() }
}
