// What the sound of many calls costs: connections that hear and play at once.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** How late each frame was sent, and what a connection holds, while `count` play and are heard for `seconds`. */
export async function soundOf({ count, seconds }) {
  const { AudioSocketServer } = await import('obelus-asterisk/media')
  const late = []
  const clock = {
    now: () => performance.timeOrigin + performance.now(),
    after: (delayMs, callback) => {
      const due = performance.now() + delayMs
      const timer = setTimeout(
        () => {
          late.push(performance.now() - due)
          callback()
        },
        Math.max(0, delayMs),
      )
      return () => clearTimeout(timer)
    },
  }
  const media = new AudioSocketServer({ port: 0, clock, maxConnections: count })
  await media.listen()
  const expected = Array.from({ length: count }, () => media.expect({ timeoutMs: 30_000 }))
  globalThis.gc()
  const before = process.memoryUsage()
  const address = media.addressFor('127.0.0.1')
  const peer = fork(fileURLToPath(new URL('media-peer.mjs', import.meta.url)), { execArgv: [] })
  peer.send({ address, uuids: expected.map(({ uuid }) => uuid), seconds: seconds + 5 })
  const sounds = await Promise.all(expected.map(({ connection }) => connection))
  let heard = 0
  const voice = Buffer.alloc(8_000 * 2 * (seconds + 5), 1)
  for (const sound of sounds) {
    void sound.play(voice)
    void (async () => {
      for await (const frame of sound.audio()) heard += frame.length
    })()
  }
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  late.length = 0
  const cpu = process.cpuUsage()
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
  const { user, system } = process.cpuUsage(cpu)
  const measured = late.toSorted((one, other) => one - other)
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  await media.close()
  peer.kill()
  await once(peer, 'exit')
  if (heard < count * seconds * 14_000) throw new Error(`only ${heard} bytes were heard`)
  return {
    frames: measured.length,
    onTime: measured.filter((ms) => ms <= 5).length / measured.length,
    p999: measured[Math.floor(measured.length * 0.999)],
    perConnection: (heapUsed + external - before.heapUsed - before.external - voice.length) / count,
    core: (user + system) / 1_000_000 / seconds,
  }
}
