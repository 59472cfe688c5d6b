// A process of its own that plays Asterisk's side of AudioSocket on many connections: sends a frame of sound each 20 ms, and reads what comes.
import { once } from 'node:events'
import { connect } from 'node:net'

const [{ address, uuids, seconds }] = await once(process, 'message')
const [host, port] = address.split(':')
const frame = Buffer.alloc(323, 7)
frame.set([0x10, 1, 0x40])
for (const [at, uuid] of uuids.entries()) {
  const socket = connect({ host, port: Number(port), noDelay: true })
  socket.on('error', () => undefined)
  socket.resume()
  socket.write(Buffer.concat([Buffer.of(1, 0, 16), Buffer.from(uuid.replaceAll('-', ''), 'hex')]))
  setTimeout(() => setInterval(() => socket.write(frame), 20), (at * 20) / uuids.length)
}
setTimeout(() => process.exit(), seconds * 1_000 + 5_000)
