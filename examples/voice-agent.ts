/**
 * A voice agent without a vendor: it greets, listens, says back slower what was said, lets itself be interrupted, and hands the caller over when
 * a key is pressed. Put a recogniser where `utterances` is, and a voice where `slower` is. In the dialplan:
 *
 *     exten => 100,1,Answer()
 *      same => n,AGI(agi://127.0.0.1:4573/agent)
 *      same => n,Dial(PJSIP/200)                       ; where the caller goes who presses 0
 *
 *     npx tsx examples/voice-agent.ts [--listen 4573] [--sound 9092]      a real Asterisk, from 18 on
 *     npx tsx examples/voice-agent.ts                                     without one: a caller of the embedded fake
 */
import { parseArgs } from 'node:util'
import { FastAGIServer } from 'obelus-asterisk'
import { type AudioSocketConnection, AudioSocketServer } from 'obelus-asterisk/media'
import { FakeAsterisk } from 'obelus-asterisk/testing'

const { values } = parseArgs({ options: { listen: { type: 'string' }, sound: { type: 'string' } } })
const RATE = 8_000
const FRAME_MS = 20
/** Louder than this, on average, is a voice; so long a silence ends what is said. */
const VOICE_LEVEL = 500
const PAUSE_MS = 400

await using media = new AudioSocketServer({ port: values.sound === undefined ? 0 : Number(values.sound) })
await media.listen()
await using server = new FastAGIServer({ port: values.listen === undefined ? 0 : Number(values.listen) })
server.on('error', (error) => console.error(error.message))
server.route('agent', async (agi) => {
  const wantsPerson = await agi.audioSocket(media, (sound) => converse(sound))
  await agi.setVariable('AGENT_RESULT', wantsPerson ? 'transfer' : 'done')
})
const { host, port } = await server.listen()
console.log(`agi://${host}:${port}/agent`)
if (values.listen === undefined) await demonstrate()
else await new Promise((resolve) => process.once('SIGINT', resolve))

/** Resolves with whether the caller wants a person. */
async function converse(sound: AudioSocketConnection): Promise<boolean> {
  const over = new AbortController()
  const keys = (async () => {
    for await (const key of sound.digits()) if (key === '0') return true
    return false
  })()
  const talk = (async () => {
    void sound.play(chime(600, 300))
    for await (const said of utterances(sound)) {
      if (over.signal.aborted) return
      console.log(`heard ${Math.round((said.length / 2 / RATE) * 1_000)} ms`)
      void sound.play(slower(said))
    }
  })()
  const wantsPerson = await Promise.race([keys, talk.then(() => false)])
  over.abort()
  sound.interrupt()
  if (wantsPerson) await sound.play(chime(900, 200))
  await sound.drained()
  return wantsPerson
}

/** What the caller says, pause by pause. A voice interrupts whatever is playing. */
async function* utterances(sound: AudioSocketConnection): AsyncGenerator<Uint8Array> {
  let said: Uint8Array[] = []
  let quietMs = 0
  for await (const frame of sound.audio()) {
    const isVoice = levelOf(frame) > VOICE_LEVEL
    if (isVoice && said.length === 0) sound.interrupt()
    quietMs = isVoice ? 0 : quietMs + FRAME_MS
    if (isVoice || said.length > 0) said.push(frame)
    if (said.length === 0 || quietMs < PAUSE_MS) continue
    yield joined(said.slice(0, -PAUSE_MS / FRAME_MS))
    said = []
  }
}

/** Without a real Asterisk: a caller of the embedded fake says something, listens, and wants a person. */
async function demonstrate(): Promise<void> {
  await using pbx = new FakeAsterisk()
  const caller = pbx.callFastAGI(`agi://${host}:${port}/agent`)
  const sound = await caller.sound()
  const heard = sound.hears()
  await sound.says(chime(440, 500))
  // What comes back is an octave lower, so that each of its samples comes twice.
  for await (const frame of heard) if (levelOf(frame) > VOICE_LEVEL && isDoubled(frame)) break
  console.log('the caller hears it, slower')
  sound.press('0')
  await caller.ended()
  console.log(`AGENT_RESULT: ${caller.variables.get('AGENT_RESULT')}`)
}

function isDoubled(frame: Uint8Array): boolean {
  const samples = samplesOf(frame)
  return samples.every((sample, at) => at % 2 === 1 || sample === samples[at + 1])
}

/** Each sample twice: half as fast, an octave lower. */
function slower(sound: Uint8Array): Uint8Array {
  const samples = samplesOf(sound)
  const stretched = new Int16Array(samples.length * 2)
  for (const [at, sample] of samples.entries()) stretched.fill(sample, 2 * at, 2 * at + 2)
  return new Uint8Array(stretched.buffer)
}

function chime(hz: number, ms: number): Uint8Array {
  const samples = Int16Array.from({ length: (RATE * ms) / 1_000 }, (_, at) => 6_000 * Math.sin((2 * Math.PI * hz * at) / RATE))
  return new Uint8Array(samples.buffer)
}

function levelOf(sound: Uint8Array): number {
  const samples = samplesOf(sound)
  return samples.reduce((sum, sample) => sum + Math.abs(sample), 0) / Math.max(1, samples.length)
}

function samplesOf(sound: Uint8Array): Int16Array {
  const view = new DataView(sound.buffer, sound.byteOffset, sound.byteLength)
  return Int16Array.from({ length: sound.byteLength >> 1 }, (_, at) => view.getInt16(2 * at, true))
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces))
}
