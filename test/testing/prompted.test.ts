import { type AGISession, AMIClient, AsyncAGIExecutor, FastAGIServer } from 'obelus-asterisk'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished } from 'vitest'

/** A fake whose time stands, and a server of one script. */
async function office(script: (agi: AGISession) => Promise<unknown>) {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' }, clock: 'virtual' })
  const server = new FastAGIServer({ port: 0 })
  server.route('ivr', async (agi) => {
    await script(agi)
  })
  const { port } = await server.listen()
  onTestFinished(async () => {
    await server.close()
    await pbx.close()
  })
  return { pbx, url: `agi://127.0.0.1:${port}/ivr` }
}

it('a caller who is prompted presses keys, and the script gets them', async () => {
  const got: unknown[] = []
  const { pbx, url } = await office(async (agi) => {
    await agi.streamFile('welcome')
    got.push((await agi.getData('enter-account', { timeoutMs: 5_000, maxDigits: 6 })).digits)
    got.push((await agi.getData('enter-pin', { timeoutMs: 5_000, maxDigits: 4 })).digits)
  })
  const caller = pbx.callFastAGI(url)
  await caller.prompted('enter-account')
  caller.press('12')
  caller.press('34#')
  await caller.prompted('enter-pin')
  caller.press('9876')
  expect(await caller.ended()).toBe('SUCCESS')
  expect(got).toEqual(['1234', '9876'])
  expect(caller.heard).toEqual(['welcome', 'enter-account', 'enter-pin'])
})

it('time passes for a caller who presses nothing, or too little', async () => {
  const got: unknown[] = []
  const { pbx, url } = await office(async (agi) => {
    for (const file of ['one', 'two']) got.push(await agi.getData(file, { timeoutMs: 5_000, maxDigits: 4 }))
  })
  const caller = pbx.callFastAGI(url)
  await caller.prompted('one')
  await pbx.clock.advance(4_900)
  expect(got).toEqual([])
  await pbx.clock.advance(200)
  await caller.prompted('two')
  caller.press('12')
  await pbx.clock.advance(4_900)
  expect(got).toHaveLength(1)
  await pbx.clock.advance(200)
  await caller.ended()
  expect(got).toMatchObject([
    { digits: '', timedOut: true },
    { digits: '12', timedOut: true },
  ])
})

it('a caller hangs up while a prompt waits for keys', async () => {
  const { pbx, url } = await office(async (agi) => agi.getData('enter-account', { timeoutMs: 5_000 }))
  const caller = pbx.callFastAGI(url)
  await caller.prompted('enter-account')
  caller.hangup()
  expect(await caller.ended()).toBe('HANGUP')
})

it('a prompt that does not come is told with what came, in time or when the script ends', async () => {
  const { pbx, url } = await office(async (agi) => agi.streamFile('welcome'))
  const caller = pbx.callFastAGI(url)
  await expect(caller.prompted('enter-account')).rejects.toThrow(
    'The script ended before it played enter-account; it played welcome',
  )
  await expect(caller.prompted('again')).rejects.toThrow('The script ended before it played again')
  const other = pbx.callFastAGI(url)
  await expect(other.prompted('enter-account', { timeoutMs: 1 })).rejects.toThrow(/was not played within 1 ms|script ended/)
  await other.ended()
})

it('a caller in AsyncAGI is prompted too', async () => {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: pbx.connector })
  onTestFinished(async () => {
    await ami.close()
    await pbx.close()
  })
  await ami.login()
  let digits = ''
  const executor = new AsyncAGIExecutor(ami, async (agi) => {
    digits = (await agi.getData('enter-account', { maxDigits: 2 })).digits
  })
  const caller = pbx.callAsyncAGI()
  await caller.prompted('enter-account')
  caller.press('42')
  await caller.ended()
  expect(digits).toBe('42')
  await executor.close()
})
