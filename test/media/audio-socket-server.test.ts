import { once } from 'node:events'
import {
  AudioSocketServer,
  type AudioSocketServerOptions,
  FrameKind,
  frameBytes,
  isMediaError,
  kindOf,
} from 'obelus-asterisk/media'
import { describe, expect, it, onTestFinished } from 'vitest'
import { AudioSocketPeer } from '../support/audio-socket-peer.js'
import { tone } from '../support/tone.js'
import { VirtualClock } from '../support/virtual-clock.js'

const UUID = '40325ec2-5efd-4bd3-805f-53576e581d13'

async function open(options: AudioSocketServerOptions = {}) {
  const media = new AudioSocketServer({ port: 0, ...options })
  const errors: Error[] = []
  let wake = () => {}
  media.on('error', (error) => {
    errors.push(error)
    wake()
  })
  const { port } = await media.listen()
  onTestFinished(() => media.close())
  const error = async () => {
    while (errors.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    return errors.shift() as Error
  }
  return { media, port, errors, error, peer: (uuid?: string) => new AudioSocketPeer(port, uuid) }
}

it('a connection that was expected is there, both ways', async () => {
  const { media, peer } = await open()
  const expected = media.expect()
  const asterisk = peer(expected.uuid)
  const sound = await expected.connection
  expect(sound).toMatchObject({ uuid: expected.uuid, remoteAddress: '127.0.0.1' })
  expect(media.connections).toEqual([sound])
  const heard = sound.audio().next()
  asterisk.send(kindOf(8_000), tone(20))
  expect((await heard).value).toEqual(tone(20))
  await sound.play(tone(20))
  sound.close()
  await asterisk.closed
  expect(asterisk.sent.some(({ payload }) => Buffer.from(payload).equals(tone(20)))).toBe(true)
  expect(asterisk.sent.at(-1)?.kind).toBe(FrameKind.end)
  expect(media.connections).toEqual([])
})

it('each UUID is another, and of version 4', async () => {
  const { media } = await open()
  const uuids = Array.from({ length: 100 }, () => media.expect().uuid)
  expect(new Set(uuids).size).toBe(100)
  for (const uuid of uuids) expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

it('a hangup ends the connection: Asterisk closes the socket without a last frame', async () => {
  const { media, peer } = await open()
  const expected = media.expect()
  const asterisk = peer(expected.uuid)
  const sound = await expected.connection
  const over = once(sound.signal, 'abort')
  asterisk.socket.end()
  await over
  expect(isMediaError(sound.signal.reason, 'MEDIA_CLOSED')).toBe(true)
  expect(sound.signal.reason.message).toContain('hung up')
})

describe('who may not', () => {
  const hostile: readonly (readonly [what: string, bytes: Uint8Array, message: string])[] = [
    ['a UUID that nobody expects', frameBytes(FrameKind.uuid, new Uint8Array(16)), 'named the UUID 00000000-'],
    ['a UUID that is none', frameBytes(FrameKind.uuid, new Uint8Array(3)), 'a frame of kind 0x1 and 3 bytes, not with a UUID'],
    ['sound first', frameBytes(0x10, new Uint8Array(320)), 'a frame of kind 0x10 and 320 bytes, not with a UUID'],
    ['HTTP', new TextEncoder().encode(`GET / HTTP/1.1\r\n${'x'.repeat(30_000)}`), 'a frame of kind 0x47'],
  ]

  it.each(hostile)('%s is closed and told', async (_, bytes, message) => {
    const { media, peer, error } = await open()
    media.expect()
    const asterisk = peer()
    asterisk.socket.write(bytes)
    await asterisk.closed
    const told = await error()
    expect(isMediaError(told, 'MEDIA_PROTOCOL')).toBe(true)
    expect(told.message).toContain(message)
  })

  it('who says nothing is closed in time', async () => {
    const clock = new VirtualClock()
    const { peer, error, media } = await open({ clock })
    const asterisk = peer()
    await once(asterisk.socket, 'connect')
    while (clock.timers === 0) await new Promise((resolve) => setImmediate(resolve))
    await clock.advance(5_000)
    await asterisk.closed
    expect((await error()).message).toBe('A connection from 127.0.0.1 said nothing within 5000 ms: closed')
    expect(media.connections).toEqual([])
  })

  it('a second connection of a UUID is closed', async () => {
    const { media, peer, error } = await open()
    const expected = media.expect()
    peer(expected.uuid)
    const sound = await expected.connection
    const second = peer(expected.uuid)
    await second.closed
    await error()
    expect(sound.signal.aborted).toBe(false)
  })

  it('one more than there may be is closed at once', async () => {
    const { media, peer } = await open({ maxConnections: 1 })
    const expected = media.expect()
    peer(expected.uuid)
    await expected.connection
    await peer().closed
  })

  it('an address that is not allowed is closed at once', async () => {
    const { peer, media } = await open({ allow: ['10.0.0.0/8'] })
    await peer(media.expect().uuid).closed
  })
})

describe('a connection that does not come', () => {
  it('is too late', async () => {
    const clock = new VirtualClock()
    const { media } = await open({ clock })
    const { connection } = media.expect({ timeoutMs: 3_000 })
    await clock.advance(3_000)
    await expect(connection).rejects.toMatchObject({ code: 'MEDIA_TIMEOUT' })
  })

  it('is given up', async () => {
    const { media, peer, error } = await open()
    const expected = media.expect()
    expected.cancel()
    await expect(expected.connection).rejects.toMatchObject({ code: 'MEDIA_CLOSED' })
    await peer(expected.uuid).closed
    expect((await error()).message).toContain('which nobody expects')
  })

  it('is not waited for any longer when the signal aborts', async () => {
    const { media } = await open()
    const abort = new AbortController()
    const { connection } = media.expect({ signal: abort.signal })
    abort.abort(new Error('gone'))
    await expect(connection).rejects.toThrow('gone')
  })

  it('is not even begun to be waited for when the signal has aborted, and is given up all the same', async () => {
    const { media } = await open()
    const { connection, cancel } = media.expect({ signal: AbortSignal.abort(new Error('gone')) })
    cancel()
    await expect(connection).rejects.toThrow('gone')
    // What nobody handles would be told by then.
    await new Promise((resolve) => setImmediate(resolve))
  })

  it('nor when the server closes', async () => {
    const { media } = await open()
    const { connection } = media.expect()
    await media.close()
    await expect(connection).rejects.toMatchObject({ code: 'MEDIA_CLOSED' })
    await expect(media.listen()).rejects.toMatchObject({ code: 'MEDIA_CLOSED' })
  })
})

describe('a UUID of the dialplan', () => {
  it('is answered where it is known, and closed when its handler is over', async () => {
    const { media, peer } = await open()
    const asked: unknown[] = []
    media.handle(async (sound) => void (await sound.play(tone(20))), {
      accepts: (...given) => asked.push(given) > 0,
    })
    const asterisk = peer(UUID)
    await asterisk.closed
    expect(asked).toEqual([[UUID, '127.0.0.1']])
    expect(asterisk.sent.some(({ payload }) => Buffer.from(payload).equals(tone(20)))).toBe(true)
  })

  it.each([
    ['a handler', { accepts: () => true }],
    ['what asks whether it is known', {}],
  ])('%s that fails is told, and the connection is closed', async (what, options) => {
    const { media, peer, error } = await open()
    const fail = () => {
      throw new Error(`no luck with ${what}`)
    }
    media.handle(fail, { accepts: fail, ...options })
    await peer(UUID).closed
    expect((await error()).message).toBe(`no luck with ${what}`)
  })

  it('needs to be asked for', async () => {
    const { media } = await open()
    expect(() => media.handle(() => undefined, {} as never)).toThrow(TypeError)
  })
})

it('where Asterisk reaches the server', async () => {
  const { media, port } = await open()
  expect([media.addressFor('10.0.0.5'), media.addressFor('::1')]).toEqual([`10.0.0.5:${port}`, `[::1]:${port}`])
  expect(new AudioSocketServer({ advertise: 'bot.example:9092' }).addressFor('10.0.0.5')).toBe('bot.example:9092')
})

it.each([
  [{ advertise: 'bot' }, 'advertise must be host:port'],
  [{ allow: ['home'] }, 'allow takes addresses and networks'],
  [{ rate: 11_025 as 8_000 }, 'rate must be 8000, 16000 or 24000, not 11025'],
  [{ maxConnection: 1 } as object, 'did you mean "maxConnections"'],
])('options %j are refused', (options, message) => {
  expect(() => new AudioSocketServer(options)).toThrow(message)
})
