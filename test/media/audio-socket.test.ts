import { Readable } from 'node:stream'
import {
  AudioSocketConnection,
  FrameKind,
  FrameReader,
  frameBytes,
  isMediaError,
  kindOf,
  type MediaClosedError,
} from 'obelus-asterisk/media'
import { describe, expect, it } from 'vitest'
import { joined, tone } from '../support/tone.js'
import { settle, VirtualClock } from '../support/virtual-clock.js'

/** A connection, and what Asterisk hears of it. */
function open({ rate = 8_000, unsentBytes = 0 } = {}) {
  const clock = new VirtualClock()
  const reader = new FrameReader()
  const sent: { readonly kind: number; readonly sound: Uint8Array; readonly at: number }[] = []
  const began = clock.now()
  const ended: Error[] = []
  let isClosed = false
  const transport = {
    write: (data: Uint8Array) =>
      reader.read(data, ({ kind, payload }) => sent.push({ kind, sound: payload.slice(), at: clock.now() - began }) > 0),
    close: () => {
      isClosed = true
    },
    unsentBytes,
  }
  const sound = new AudioSocketConnection({
    uuid: 'u',
    remoteAddress: '127.0.0.1',
    transport,
    clock,
    rate,
    ended: (reason) => ended.push(reason),
  })
  const heard = () => joined(sent.filter(({ kind }) => kind === kindOf(rate)).map((frame) => frame.sound))
  return { clock, sound, sent, heard, ended, isClosed: () => isClosed }
}

const isSilent = (sound: Uint8Array) => sound.every((byte) => byte === 0)
async function* spoken(...pieces: (Uint8Array | Promise<Uint8Array>)[]) {
  for (const piece of pieces) yield await piece
}

describe('what is sent', () => {
  it('is a frame each 20 ms, silence where nothing is played', async () => {
    const { clock, sent } = open()
    await clock.advance(100)
    expect(sent.map(({ at }) => at)).toEqual([0, 20, 40, 60, 80, 100])
    expect(sent.every(({ kind, sound }) => kind === 0x10 && sound.length === 320 && isSilent(sound))).toBe(true)
  })

  it.each([
    ['bytes', () => tone(100)],
    ['a list', () => [tone(50), tone(50)]],
    ['a stream', () => Readable.from([Buffer.from(tone(100))])],
    ['an async iterable of odd pieces', () => spoken(tone(100).slice(0, 7), tone(100).slice(7))],
  ])('is what is played: %s', async (name, source) => {
    const { clock, sound, heard } = open()
    const played = sound.play(source())
    await clock.advance(200)
    await expect(played).resolves.toEqual({ end: 'played', playedMs: 100 })
    const expected = name === 'a list' ? joined([tone(50), tone(50)]) : new Uint8Array(tone(100))
    const from = heard().findIndex((byte) => byte !== 0) - 2
    expect(heard().slice(from, from + expected.length)).toEqual(expected)
    expect(isSilent(heard().slice(from + expected.length))).toBe(true)
  })

  it('is one source behind the other, without a hole between them', async () => {
    const { clock, sound, heard } = open()
    await clock.advance(10)
    const both = [sound.play(new Uint8Array(330).fill(1)), sound.play(new Uint8Array(310).fill(2))]
    await clock.advance(100)
    await expect(Promise.all(both)).resolves.toMatchObject([{ end: 'played' }, { end: 'played' }])
    expect([...heard()].filter((byte) => byte !== 0)).toEqual([...new Array(330).fill(1), ...new Array(310).fill(2)])
    expect(heard().lastIndexOf(2) - heard().indexOf(1)).toBe(639)
  })

  it('is converted from the rate of its source', async () => {
    const { clock, sound, heard } = open()
    const played = sound.play(tone(200, { rate: 24_000 }), { rate: 24_000 })
    await clock.advance(400)
    await expect(played).resolves.toEqual({ end: 'played', playedMs: 200 })
    expect(heard().filter((byte) => byte !== 0).length).toBeGreaterThan(2_000)
  })

  it('waits for a source that is slow, and reads one that is fast no more than half a second ahead', async () => {
    const { clock, sound } = open()
    let given = 0
    const fast = function* () {
      for (; given < 1_000; given += 1) yield tone(20)
    }
    const slow = sound.play(spoken(new Promise<Uint8Array>(() => undefined)))
    void sound.play(fast())
    await clock.advance(1_000)
    expect(given).toBe(0)
    sound.interrupt()
    await expect(slow).resolves.toEqual({ end: 'interrupted', playedMs: 0 })
    void sound.play(fast())
    await clock.advance(40)
    expect(sound.queuedMs).toBeLessThanOrEqual(500)
    expect(given).toBeLessThan(30)
  })

  it('is silence from the next frame on, once interrupted', async () => {
    const { clock, sound, sent } = open()
    const first = sound.play(tone(1_000))
    const second = sound.play(tone(1_000))
    await clock.advance(95)
    sound.interrupt()
    const at = sent.length
    await clock.advance(500)
    await expect(first).resolves.toEqual({ end: 'interrupted', playedMs: 100 })
    await expect(second).resolves.toEqual({ end: 'interrupted', playedMs: 0 })
    expect(sent.slice(at).every((frame) => isSilent(frame.sound))).toBe(true)
    expect(sound.queuedMs).toBe(0)
  })

  it('stops when a signal aborts, and what waits behind it goes on', async () => {
    const { clock, sound } = open()
    const abort = new AbortController()
    const stopped = sound.play(tone(1_000), { signal: abort.signal })
    const next = sound.play(tone(40))
    await clock.advance(50)
    const reason = new Error('enough')
    abort.abort(reason)
    await expect(stopped).rejects.toBe(reason)
    await clock.advance(100)
    await expect(next).resolves.toEqual({ end: 'played', playedMs: 40 })
    await expect(sound.play(tone(20), { signal: abort.signal })).rejects.toBe(reason)
  })

  it("fails with a source's error, and goes on with the next", async () => {
    const { clock, sound } = open()
    const failing = sound.play(
      (async function* () {
        yield tone(20)
        throw new Error('no voice')
      })(),
    )
    const next = sound.play(tone(20))
    await expect(failing).rejects.toThrow('no voice')
    await clock.advance(100)
    await expect(next).resolves.toMatchObject({ end: 'played' })
  })

  it.each([
    ['no source', 5, {}, 'sound is a Buffer, a stream or an iterable of them'],
    ['text', 'hello', {}, 'sound is a Buffer, a stream or an iterable of them'],
    ['pieces that are no bytes', ['hello'], {}, 'sound comes in pieces of bytes, not string'],
    ['a rate that is none', tone(20), { rate: 1 }, 'rate must be a whole number from 4000 to 192000, not 1'],
  ])('is not %s', async (_, source, options, message) => {
    const { sound } = open()
    await expect(sound.play(source as never, options)).rejects.toThrow(message)
  })

  it('is drained when two frames have followed the last sound', async () => {
    const { clock, sound, sent } = open()
    await expect(sound.drained().then(() => 'drained')).resolves.toBe('drained')
    void sound.play(tone(100))
    let isDrained = false
    void sound.drained().then(() => {
      isDrained = true
    })
    await clock.advance(100)
    expect(isDrained).toBe(false)
    await clock.advance(60)
    expect(isDrained).toBe(true)
    expect(sent.slice(-2).every((frame) => isSilent(frame.sound))).toBe(true)
  })

  it('comes on time again behind a pause of the process: what is late is not made up for', async () => {
    const { clock, sent } = open()
    await clock.advance(20)
    clock.jump(1_000)
    await clock.advance(40)
    expect(sent.length).toBeLessThan(8)
    expect(sent.at(-1)?.at).toBeGreaterThanOrEqual(1_040)
  })

  it('is given up when Asterisk takes none of it', async () => {
    const { clock, ended } = open({ unsentBytes: 300_000 })
    await clock.advance(20)
    expect(isMediaError(ended[0], 'MEDIA_STALLED')).toBe(true)
  })
})

describe('what is heard', () => {
  it('comes as frames, to each reader', async () => {
    const { sound } = open()
    const one = sound.audio()
    const other = sound.audio({ rate: 16_000 })
    sound.receive(kindOf(8_000), tone(20))
    expect((await one.next()).value).toEqual(new Uint8Array(tone(20)))
    expect((await other.next()).value).toHaveLength(640)
  })

  it('of a slow reader the oldest frames are dropped, and counted', async () => {
    const { sound } = open()
    const audio = sound.audio({ maxBuffered: 2 })
    for (const each of [1, 2, 3]) sound.receive(kindOf(8_000), new Uint8Array(320).fill(each))
    expect(((await audio.next()).value as Uint8Array)[0]).toBe(2)
    expect(audio.dropped).toBe(1)
  })

  it('the first reader gets the second before, the others do not', async () => {
    const { sound } = open()
    for (let at = 1; at <= 60; at += 1) sound.receive(kindOf(8_000), new Uint8Array(320).fill(at))
    sound.receive(FrameKind.digit, new TextEncoder().encode('7'))
    const [first, second] = [sound.audio(), sound.audio()]
    expect([first.buffered, second.buffered]).toEqual([50, 0])
    expect(((await first.next()).value as Uint8Array)[0]).toBe(11)
    expect([sound.digits().buffered, sound.digits().buffered]).toEqual([1, 0])
  })

  it('keys come as text', async () => {
    const { sound } = open()
    const digits = sound.digits()
    for (const key of ['5', '#']) sound.receive(FrameKind.digit, new TextEncoder().encode(key))
    expect([(await digits.next()).value, (await digits.next()).value]).toEqual(['5', '#'])
  })

  it('what is no sound, no key and no end is nothing', () => {
    const { sound } = open()
    expect([FrameKind.silence, 0x55].map((kind) => sound.receive(kind, new Uint8Array(0)))).toEqual([true, true])
  })
})

describe('the end', () => {
  const ends: readonly (readonly [string, (sound: AudioSocketConnection) => unknown, string])[] = [
    ['closed here', (sound) => sound.close(), 'the connection u was closed'],
    ['ended by Asterisk', (sound) => sound.receive(FrameKind.end, new Uint8Array(0)), 'Asterisk has ended the connection u'],
    ['an error', (sound) => sound.receive(FrameKind.error, Uint8Array.of(2)), 'Asterisk has ended the connection u with error 2'],
  ]

  it.each(ends)('%s: everything settles, nothing is left', async (_, end, message) => {
    const { clock, sound, ended, isClosed } = open()
    const [audio, digits] = [sound.audio().next(), sound.digits().next()]
    const playing = [sound.play(tone(1_000)), sound.play(spoken(new Promise<Uint8Array>(() => undefined)))]
    const drained = sound.drained()
    await clock.advance(40)
    end(sound)
    sound.close()
    await expect(Promise.all(playing)).resolves.toMatchObject([{ end: 'closed' }, { end: 'closed' }])
    await expect(Promise.all([audio, digits])).resolves.toMatchObject([{ done: true }, { done: true }])
    await drained
    await settle()
    expect(clock.timers).toBe(0)
    expect(isClosed()).toBe(true)
    expect(ended.map((error) => error.message)).toEqual([message])
    expect((sound.signal.reason as MediaClosedError).code).toBe('MEDIA_CLOSED')
    await expect(sound.play(tone(20))).resolves.toEqual({ end: 'closed', playedMs: 0 })
    await expect(sound.audio().next()).resolves.toMatchObject({ done: true })
    await expect(sound.digits().next()).resolves.toMatchObject({ done: true })
  })

  it('is told to Asterisk when it is ours', () => {
    const { sound, sent } = open()
    sound.close()
    expect(sent.at(-1)).toMatchObject({ kind: FrameKind.end })
    expect(frameBytes(FrameKind.end, new Uint8Array(0))).toEqual(Uint8Array.of(0, 0, 0))
  })
})
