import { AMIClient, unlisted } from 'obelus-asterisk'
import { type ActionHandler, action, delay, event, FakeAsterisk, failure, once, success } from 'obelus-asterisk/testing'

const handlers: ActionHandler[] = [
  action('Ping', () => success({ Ping: 'Pong' })),
  action('QueueStatus', async function* () {
    await delay(5)
    yield event('QueueParams', { Queue: 'support' })
  }),
  action(unlisted('TeaBrew'), () => [event(unlisted('TeaPoured'), { Cups: 2 })]),
  once(action({ name: 'Originate', headers: { Channel: /^PJSIP/ } }, () => failure('busy'))),
]

export async function test(): Promise<void> {
  await using pbx = new FakeAsterisk({ users: { admin: 's3cret' }, unhandled: 'warn' }, ...handlers)
  const { port } = await pbx.listen()
  await using ami = new AMIClient({ port, username: 'admin', secret: 's3cret' })
  await ami.login()
  pbx.emit('Hangup', { Channel: 'PJSIP/1', Cause: 16 })
  pbx.on('action', (request, handler) => console.log(request.name, handler?.label))
  pbx.dialplan({ 200: 'answer', 201: { answer: { afterMs: 10, talkMs: 20 } }, 300: { dial: 'PJSIP/200' } })
  pbx.assertAllHandlersUsed()
}
