import { AMIClient, CallManager } from 'obelus-asterisk'
import { AudioSocketServer } from 'obelus-asterisk/media'
import { AudioSocketCaller, action, FakeAsterisk, failure, success } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished } from 'vitest'

async function office() {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: pbx.connector })
  await ami.login()
  const media = new AudioSocketServer({ port: 0 })
  await media.listen()
  const calls = new CallManager(ami)
  const errors: Error[] = []
  ami.on('error', (error) => errors.push(error))
  media.on('error', (error) => errors.push(error))
  onTestFinished(async () => {
    calls.close()
    await ami.close()
    await media.close()
    await pbx.close()
  })
  return { pbx, media, calls, errors }
}

it('asks for AudioSocket, uses the sound once, and is found by it', async () => {
  const { pbx, media, calls, errors } = await office()
  let asked = ''
  pbx.use(
    action('Originate', (request) => {
      asked = `${request.get('Application')}(${request.get('Data')})`
      return success({})
    }),
  )
  const used = new Promise<unknown>((resolve) => {
    const call = calls.originate({
      channel: 'PJSIP/100',
      media,
      host: '127.0.0.1',
      use: (sound) => {
        resolve([calls.of(sound.uuid) === call, sound.uuid])
        throw new Error('no voice')
      },
    })
  })
  await pbx.waitForAction('Originate')
  const [, uuid = '', address = ''] = /^AudioSocket\((.*),(.*)\)$/.exec(asked) ?? []
  const caller = new AudioSocketCaller(address, { uuid })
  expect(await used).toEqual([true, uuid])
  for await (const _ of caller.hears());
  expect(errors.map(({ message }) => message)).toEqual(['no voice'])
})

it('does not wait for the sound of a call that fails', async () => {
  const { pbx, media, calls, errors } = await office()
  let data = ''
  pbx.use(
    action('Originate', (request) => {
      data = request.get('Data') ?? ''
      return failure('no such channel')
    }),
  )
  const call = calls.originate({ channel: 'PJSIP/100', media, host: '127.0.0.1', use: () => undefined })
  expect(await call.ended()).toMatchObject({ result: 'failed' })
  const [uuid = '', address = ''] = data.split(',')
  expect(calls.of(uuid)).toBeUndefined()
  for await (const _ of new AudioSocketCaller(address, { uuid }).hears());
  expect(errors[0]?.message).toContain('which nobody expects')
})

it.each([
  [{ use: undefined }, 'use must be a function'],
  [{ media: {} }, 'media must be a server of sound'],
  [{ host: undefined }, 'host must say where Asterisk reaches this machine'],
  [{ channel: 'Ann' }, 'channel must be a technology and a resource'],
  [{ exten: '200' }, 'a call runs either an application or context'],
])('%j is refused', async (wrong, message) => {
  const { media, calls } = await office()
  const request = { channel: 'PJSIP/100', media, host: '127.0.0.1', use: () => undefined, ...wrong }
  expect(() => calls.originate(request as never)).toThrow(message)
})
