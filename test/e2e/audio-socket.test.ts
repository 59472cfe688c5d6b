import { type AMIClient, AsyncAGIExecutor, CallManager } from 'obelus-asterisk'
import { type AudioSocketConnection, AudioSocketServer } from 'obelus-asterisk/media'
import { describe, expect, it, onTestFinished } from 'vitest'
import { seededRandom } from '../../src/testing/random.js'
import { Example } from '../support/example.js'
import { frequencyOf, joined, levelOf, samplesOf, tone } from '../support/tone.js'
import { loggedIn, servers } from './target.js'

/** Asterisk has AudioSocket from 18 on. */
const withAudioSocket = servers.filter(({ version }) => version === undefined || version >= 18)

async function open(ami: AMIClient, media: AudioSocketServer): Promise<AudioSocketConnection> {
  const { uuid, connection } = media.expect({ timeoutMs: 5_000 })
  await ami.sendAction('Originate', {
    Channel: 'Local/answer@day/n',
    Application: 'AudioSocket',
    Data: `${uuid},${media.addressFor('127.0.0.1')}`,
    Async: true,
    ChannelId: uuid,
  })
  return connection
}

async function serve(): Promise<AudioSocketServer> {
  const media = new AudioSocketServer({ port: 0 })
  await media.listen()
  onTestFinished(() => media.close())
  return media
}

/** What is heard until the connection is over, with when. */
async function recorded(sound: AudioSocketConnection) {
  const frames: { readonly at: number; readonly frame: Uint8Array }[] = []
  for await (const frame of sound.audio({ maxBuffered: 10_000 })) frames.push({ at: performance.now(), frame })
  return frames
}

const isLoud = (frame: Uint8Array) => samplesOf(frame).some((sample) => Math.abs(sample) > 500)

describe.each(withAudioSocket)('the sound of a channel on $name', (server) => {
  it('a tone that goes through Echo() comes back within a decibel, and no frame of 30 s is lost', {
    timeout: 60_000,
  }, async () => {
    const ami = await loggedIn(server)
    const media = await serve()
    const sound = await open(ami, media)
    const recording = recorded(sound)
    await expect(sound.play(tone(30_000))).resolves.toEqual({ end: 'played', playedMs: 30_000 })
    await sound.drained()
    sound.close()
    const loud = (await recording).map(({ frame }) => frame).filter(isLoud)
    // Through Echo() the last frames are still on their way.
    expect(loud.length).toBeGreaterThanOrEqual(1_495)
    expect(Math.abs(levelOf(joined(loud.slice(1, -1))) - levelOf(tone(1_000)))).toBeLessThan(1)
    expect(Math.abs(frequencyOf(joined(loud), 8_000) - 1_000)).toBeLessThan(5)
  })

  it('a bot that is interrupted is silent within 60 ms', async () => {
    const ami = await loggedIn(server)
    const sound = await open(ami, await serve())
    const recording = recorded(sound)
    const audio = sound.audio()
    const played = sound.play(tone(10_000))
    for await (const frame of audio) if (isLoud(frame)) break
    const at = performance.now()
    sound.interrupt()
    await expect(played).resolves.toMatchObject({ end: 'interrupted' })
    await sound.play(new Uint8Array(16_000))
    sound.close()
    const late = (await recording).filter((heard) => heard.at > at && isLoud(heard.frame))
    expect(Math.max(0, ...late.map((heard) => heard.at - at))).toBeLessThan(60)
  })

  it('a hangup at any frame leaves nothing behind', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const random = seededRandom(seed)
    const ami = await loggedIn(server)
    const media = await serve()
    const errors: Error[] = []
    media.on('error', (error) => errors.push(error))
    const calls = Array.from({ length: 20 }, async () => {
      const sound = await open(ami, media)
      const audio = sound.audio()
      const playing = sound.play(tone(5_000))
      for (let left = Math.floor(random() * 40); left >= 0; left -= 1) await audio.next()
      for (const channel of await channelsOf(ami, sound.uuid))
        await ami.sendAction('Hangup', { Channel: channel }).catch(() => undefined)
      return playing
    })
    const results = await Promise.all(calls)
    expect(
      results.map(({ end }) => end),
      `seed ${seed}`,
    ).toEqual(new Array(20).fill('closed'))
    expect(media.connections).toEqual([])
    expect(errors).toEqual([])
  })

  it('who says goodbye and hangs up is heard to the end', async () => {
    const ami = await loggedIn(server)
    const media = await serve()
    const listener = await serve()
    const { uuid, connection } = listener.expect({ timeoutMs: 5_000 })
    const speaker = media.expect({ timeoutMs: 5_000 })
    await ami.sendAction('Originate', {
      Channel: `AudioSocket/${listener.addressFor('127.0.0.1')}/${uuid}`,
      Application: 'AudioSocket',
      Data: `${speaker.uuid},${media.addressFor('127.0.0.1')}`,
      Async: true,
    })
    const heard = recorded(await connection)
    const sound = await speaker.connection
    await sound.play(tone(500))
    await sound.drained()
    sound.close()
    const loud = (await heard).filter(({ frame }) => isLoud(frame))
    expect(loud.length).toBe(25)
  })
})

async function channelsOf(ami: AMIClient, uniqueId: string): Promise<string[]> {
  const { events } = await ami.sendAction('CoreShowChannels')
  return events.filter((event) => event.get('Linkedid') === uniqueId).map((event) => event.get('Channel') ?? '')
}

describe.each(withAudioSocket)('a script on $name', (server) => {
  it('has the sound of its caller, goes on behind it, and is told where Asterisk cannot connect', async () => {
    const ami = await loggedIn(server)
    const media = await serve()
    const nowhere = new AudioSocketServer({ port: 0, advertise: '127.0.0.1:1' })
    const results: unknown[] = []
    const done = new Promise<void>((resolve) => {
      const executor = new AsyncAGIExecutor(ami, async (agi) => {
        const options = { host: '127.0.0.1' }
        const heard = await agi.audioSocket(
          media,
          async (sound) => {
            const audio = sound.audio()
            void sound.play(tone(200))
            for await (const frame of audio) if (isLoud(frame)) return 'a tone'
            return 'nothing'
          },
          options,
        )
        results.push(heard, await agi.setVariable('AFTER', 'sound'))
        await agi.audioSocket(nowhere, () => 'never', options).catch((error) => results.push(error.code))
        resolve()
      })
      onTestFinished(() => executor.close())
    })
    await ami.sendAction('Originate', {
      Channel: 'Local/answer@day/n',
      Application: 'AGI',
      Data: 'agi:async',
      Async: true,
    })
    await done
    expect(results[0]).toBe('a tone')
    expect(results.at(-1)).toBe('AGI_COMMAND_FAILED')
  })
})

describe.each(servers.filter(({ version }) => version === 16))('a script on $name', (server) => {
  it('is told that there is no AudioSocket', async () => {
    const ami = await loggedIn(server)
    const media = await serve()
    const failed = new Promise<unknown>((resolve) => {
      const executor = new AsyncAGIExecutor(ami, (agi) =>
        agi.audioSocket(media, () => undefined, { host: '127.0.0.1' }).catch((error) => resolve(error.code)),
      )
      onTestFinished(() => executor.close())
    })
    await ami.sendAction('Originate', { Channel: 'Local/answer@day/n', Application: 'AGI', Data: 'agi:async', Async: true })
    expect(await failed).toBe('AGI_COMMAND_FAILED')
  })
})

describe.each(withAudioSocket)('a call with sound on $name', (server) => {
  it('is used by a program, is found by its sound, and ends with it', async () => {
    const ami = await loggedIn(server)
    const media = await serve()
    const calls = new CallManager(ami)
    onTestFinished(() => calls.close())
    const heard: unknown[] = []
    const call = calls.originate({
      channel: 'Local/answer@day/n',
      media,
      host: '127.0.0.1',
      use: async (sound: AudioSocketConnection) => {
        heard.push(calls.of(sound.uuid))
        const audio = sound.audio()
        void sound.play(tone(200))
        for await (const frame of audio) if (isLoud(frame)) break
        heard.push('a tone')
      },
    })
    expect(await call.ended()).toMatchObject({ result: 'ended' })
    expect(heard).toEqual([call, 'a tone'])
  })
})

describe.each(withAudioSocket)('the voice agent on $name', (server) => {
  it('hears a caller, and hands over whoever presses 0', async () => {
    const ami = await loggedIn(server)
    const agent = new Example('voice-agent', '--listen', '0')
    const url = await agent.printed(/agi:\/\/127\.0\.0\.1:\d+\/agent/)
    const results = ami.waitFor('VarSet', { where: (event) => event.get('Variable') === 'AGENT_RESULT', timeoutMs: 10_000 })
    const channels = { ChannelId: `agent-${process.pid}-1`, OtherChannelId: `agent-${process.pid}-2` }
    // The far side says back what it hears: the greeting is what the agent hears.
    await ami.sendAction('Originate', { Channel: 'Local/answer@day/n', Application: 'AGI', Data: url, Async: true, ...channels })
    await agent.printed(/heard \d+ ms/)
    const { events } = await ami.sendAction('CoreShowChannels')
    const far = events.find((event) => event.get('Uniqueid') === channels.OtherChannelId)
    await ami.sendAction('PlayDTMF', { Channel: far?.get('Channel') ?? '', Digit: '0' })
    expect((await results).get('Value')).toBe('transfer')
  })
})
