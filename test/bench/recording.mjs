// The recording that is measured with: real traffic of Asterisk 22, or the file that BENCH_RECORDING names (.gz or not).
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

const OURS = fileURLToPath(new URL('../fixtures/calls-22.ami.gz', import.meta.url))
const END = '\r\n\r\n'

/** What of the recording is served again and again: the events behind FullyBooted, without the login before them. */
export function readEvents() {
  const file = process.env.BENCH_RECORDING || OURS
  const raw = readFileSync(file)
  const bytes = file.endsWith('.gz') ? gunzipSync(raw) : raw
  const boot = bytes.indexOf('Event: FullyBooted\r\n')
  const start = boot < 0 ? bytes.indexOf('Event: ') : bytes.indexOf(END, boot) + END.length
  return bytes.subarray(start, bytes.lastIndexOf(END) + END.length)
}

/** How many events there are: of each name, of all, and with a `Channel` header. */
export function countEvents(bytes) {
  const names = {}
  let all = 0
  let withChannel = 0
  for (const message of bytes.latin1Slice().split(END)) {
    const name = /^Event: (.*)$/m.exec(message)?.[1]
    if (name === undefined) continue
    names[name] = (names[name] ?? 0) + 1
    all += 1
    if (message.includes('\r\nChannel: ')) withChannel += 1
  }
  return { names, all, withChannel }
}

let number = 0

/** The same events, `times` times, as a server sends them that numbers them: with the four lines that `debug = on` in manager.conf adds. */
export function numberedEvents(bytes, times) {
  const added = () => `SequenceNumber: ${number++}\r\nFile: manager_channels.c\r\nLine: 806\r\nFunc: channel_snapshot_update\r\n`
  const text = bytes.latin1Slice().repeat(times)
  return Buffer.from(
    text.replace(/^(Event: .*\r\nPrivilege: .*\r\n)/gm, (start) => start + added()),
    'latin1',
  )
}
