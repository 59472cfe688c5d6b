import { getEventListeners } from 'node:events'
import { AMIClient } from 'obelus-asterisk'
import { action, FakeAsterisk } from 'obelus-asterisk/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const pbx = new FakeAsterisk(
  { users: { admin: 's3cret' } },
  action('Ping', () => undefined),
  action('QueueStatus', () => undefined),
)
const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: pbx.connector })
beforeAll(() => ami.login())
afterAll(async () => {
  await ami.close()
  await pbx.close()
})

describe('many at once', () => {
  const ended = async () => undefined
  const { signal } = new AbortController()
  it.each<[string, () => () => unknown]>([
    [
      'streams of a name',
      () => {
        const stream = ami.events('Hangup')
        return () => stream.close()
      },
    ],
    [
      'streams of all',
      () => {
        const stream = ami.events()
        return () => stream.close()
      },
    ],
    ['listeners', () => ami.onEvent('Hangup', ended)],
    [
      'streams with one signal',
      () => {
        const stream = ami.events('Hangup', { signal })
        return () => stream.close()
      },
    ],
  ])('60,000 %s are opened and closed', (_, open) => {
    // Where all are gone through for each, this is more than a test may take.
    const closes = Array.from({ length: 60_000 }, open)
    for (const close of closes) close()
  })

  it('whatever waits with one signal, the signal has one listener of the client, and in the end none', async () => {
    const warnings: string[] = []
    const warned = ({ name }: Error) => warnings.push(name)
    process.on('warning', warned)
    const abort = new AbortController()
    const { signal } = abort
    const waiting = Array.from({ length: 20 }, () => [
      ami.sendAction('Ping', {}, { signal }),
      ami.waitFor('Hangup', { signal }),
      ami.events('Hangup', { signal }).next(),
      ami.listAction('QueueStatus', {}, { signal }).next(),
    ]).flat()
    expect(getEventListeners(signal, 'abort').length).toBe(1)
    abort.abort(new Error('enough'))
    for (const outcome of await Promise.allSettled(waiting))
      expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'enough' } })
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    process.off('warning', warned)
    expect(warnings).toEqual([])
  })
})

describe('while an event is handed on', () => {
  it('a listener that is taken off is not called any more, and one that is added waits for the next event', async () => {
    const heard: string[] = []
    const offs = [
      ami.onEvent('Hangup', () => {
        heard.push('first')
        offs[1]?.()
        offs.push(ami.onEvent('Hangup', () => heard.push('added')))
      }),
      ami.onEvent('Hangup', () => heard.push('taken off')),
    ]
    const next = () => ami.waitFor('Hangup')
    pbx.emit('Hangup')
    await next()
    expect(heard).toEqual(['first'])
    for (const off of offs) off()
  })

  it('taking a listener off twice takes off no other one', async () => {
    const off = ami.onEvent('Hangup', () => undefined)
    off()
    const heard: string[] = []
    const other = ami.onEvent('Hangup', (event) => heard.push(event.name))
    off()
    const all = ami.waitFor('*')
    pbx.emit('Hangup')
    await all
    expect(heard).toEqual(['Hangup'])
    other()
  })
})
