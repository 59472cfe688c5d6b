import { FastAGIServer, isAGIError } from 'obelus-asterisk'
import { type AudioSocketConnection, AudioSocketServer } from 'obelus-asterisk/media'
import { type AGICaller, FakeAsterisk } from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tone } from '../support/tone.js'

/** A script with its caller's sound. */
async function open(use: (sound: AudioSocketConnection) => unknown, options = {}) {
  const media = new AudioSocketServer({ port: 0, ...options })
  await media.listen()
  const server = new FastAGIServer({ port: 0 })
  const outcome: unknown[] = []
  const errors: Error[] = []
  server.on('error', (error) => errors.push(error))
  server.route('bot', async (agi) => {
    try {
      outcome.push(await agi.audioSocket(media, use, { timeoutMs: 2_000 }))
      await agi.setVariable('SAID', 'goodbye')
    } catch (error) {
      outcome.push(error)
    }
  })
  const { port } = await server.listen()
  const pbx = new FakeAsterisk()
  onTestFinished(async () => {
    await media.close()
    await server.close()
    await pbx.close()
  })
  return { media, outcome, errors, call: (): AGICaller => pbx.callFastAGI(`agi://127.0.0.1:${port}/bot`) }
}

const isLike = (one: Uint8Array, other: Uint8Array) => Buffer.from(one).equals(other)

describe('the sound of a script', () => {
  it('goes both ways, and the script goes on behind it', async () => {
    const { outcome, call } = await open(async (sound) => {
      for await (const frame of sound.audio()) if (isLike(frame, tone(20))) break
      await sound.play(tone(20, { hz: 500 }))
      for await (const key of sound.digits()) return key
      return undefined
    })
    const caller = call()
    const sound = await caller.sound()
    const heard = sound.hears()
    await sound.says(tone(20))
    for await (const frame of heard) if (isLike(frame, tone(20, { hz: 500 }))) break
    sound.press('5')
    expect(await caller.ended()).toBe('SUCCESS')
    expect(outcome).toEqual(['5'])
    expect(caller.variables.get('SAID')).toBe('goodbye')
    expect(caller.commands[0]).toMatch(/^EXEC "AudioSocket" "[0-9a-f-]{36},127\.0\.0\.1:\d+"$/)
  })

  it('ends when the caller hangs up; what the sound was used for ends by itself', async () => {
    const { outcome, call } = await open(async (sound) => {
      for await (const _ of sound.audio());
      return sound.signal.aborted
    })
    const caller = call()
    await caller.sound()
    caller.hangup()
    await caller.ended()
    expect(outcome[0]).toBe(true)
  })

  it('is closed, and the error is the script’s, when its use fails', async () => {
    const { outcome, media, call } = await open(() => {
      throw new Error('no voice')
    })
    await call().ended()
    expect(outcome).toEqual([new Error('no voice')])
    expect(media.connections).toEqual([])
  })

  it('fails where Asterisk does not reach the server', async () => {
    const { outcome, media, call } = await open(() => undefined, { advertise: '127.0.0.1:1' })
    await call().ended()
    const [error] = outcome
    expect(isAGIError(error, 'AGI_COMMAND_FAILED') && error.message).toContain('127.0.0.1:1')
    expect(media.connections).toEqual([])
  })
})
