// The bounds: what a socket costs with just as much code as the case needs, and no library.
import { once } from 'node:events'
import { connect } from 'node:net'

const END = '\r\n\r\n'
const END_BYTES = Buffer.from(END)
const LOGIN = 'Action: Login\r\nActionID: 1\r\nUsername: bench\r\nSecret: bench\r\n\r\n'

/** A socket that is logged in; whoever uses it listens for data. */
export async function open(port) {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  socket.write(LOGIN)
  let text = ''
  while (!text.includes('Event: FullyBooted\r\n') || !text.endsWith(END)) {
    const [data] = await once(socket, 'data')
    text += data.latin1Slice()
  }
  return socket
}

/** Has the recording streamed and hands its bytes to `take` until that returns true. */
export function replay(socket, times, take) {
  return new Promise((resolve) => {
    let answered = false
    const onData = (chunk) => {
      let data = chunk
      if (!answered) {
        // The answer to Replay comes by itself or right before the first events.
        answered = true
        data = chunk.subarray(chunk.indexOf(END) + END.length)
      }
      if (data.length > 0 && take(data)) {
        socket.off('data', onData)
        resolve()
      }
    }
    socket.on('data', onData)
    socket.write(`Action: Replay\r\nActionID: 1\r\nTimes: ${times}\r\n\r\n`)
  })
}

/** (a) Only counts bytes. */
export function byteCounter() {
  let bytes = 0
  return (chunk) => {
    bytes += chunk.length
    return bytes
  }
}

/** (b) Frames messages and reads each event's name. Returns how many there were, and how many of `wanted`. */
export function nameReader(wanted) {
  const seen = { events: 0, wanted: 0 }
  const take = wholeMessages((bytes, start, end) => {
    // A name is plain ASCII: one conversion for the lot, then native searches; nothing measured was faster.
    const text = bytes.latin1Slice(start, end)
    let at = 0
    for (let stop = text.indexOf(END); stop >= 0; stop = text.indexOf(END, at)) {
      const name = text.slice(at + 7, text.indexOf('\r', at))
      if (name === wanted) seen.wanted += 1
      seen.events += 1
      at = stop + 4
    }
  })
  return (chunk) => {
    take(chunk)
    return seen
  }
}

/** The same, with the text of each message decoded by itself, so that all of it could be read later. */
export function lazyReader(wanted) {
  const seen = { events: 0, wanted: 0 }
  const take = wholeMessages((bytes, start, end) => {
    for (let first = start; first < end; ) {
      const stop = bytes.indexOf(END_BYTES, first)
      const text = bytes.utf8Slice(first, stop + 2)
      if (text.slice(7, text.indexOf('\r')) === wanted) seen.wanted += 1
      seen.events += 1
      first = stop + 4
    }
  })
  return (chunk) => {
    take(chunk)
    return seen
  }
}

/** (c) Makes a plain object of each event's headers, of text that is decoded message by message, and reads three of them. */
export function objectReader() {
  const seen = { events: 0, read: 0 }
  const take = wholeMessages((bytes, start, end) => {
    for (let first = start; first < end; ) {
      const stop = bytes.indexOf(END_BYTES, first)
      const headers = headersOf(bytes.utf8Slice(first, stop + 2))
      if (headers.Channel !== undefined) seen.read += 1
      if (headers.Uniqueid !== undefined) seen.read += 1
      if (headers.ChannelStateDesc !== undefined) seen.read += 1
      seen.events += 1
      first = stop + 4
    }
  })
  return (chunk) => {
    take(chunk)
    return seen
  }
}

function headersOf(text) {
  const headers = {}
  for (let at = 0; at < text.length; ) {
    const colon = text.indexOf(':', at)
    const stop = text.indexOf('\r', colon)
    headers[text.slice(at, colon)] = text.slice(colon + 2, stop)
    at = stop + 2
  }
  return headers
}

/** Calls `sink` with runs of whole messages; of a chunk only what is cut in two is copied. */
function wholeMessages(sink) {
  let carry
  return (chunk) => {
    let start = 0
    if (carry !== undefined) {
      const seam = Buffer.concat([carry.subarray(-3), chunk.subarray(0, 3)])
      const straddling = seam.indexOf(END)
      const end = straddling >= 0 ? straddling - Math.min(3, carry.length) + END.length : chunk.indexOf(END) + END.length
      if (straddling < 0 && end < END.length) {
        carry = Buffer.concat([carry, chunk])
        return
      }
      const message = Buffer.concat([carry, chunk.subarray(0, end)])
      carry = undefined
      sink(message, 0, message.length)
      start = end
    }
    const end = chunk.lastIndexOf(END) + END.length
    if (end >= END.length && end > start) {
      sink(chunk, start, end)
      start = end
    }
    if (start < chunk.length) carry = chunk.subarray(start)
  }
}

/** Sends `count` Pings, one write each, with up to `inFlight` unanswered, and counts the answers. */
export function pings(socket, count, inFlight) {
  return new Promise((resolve) => {
    let sent = 0
    let answered = 0
    let tail = ''
    const send = () => {
      sent += 1
      socket.write(`Action: Ping\r\nActionID: ${sent.toString(36)}-0123456789abcdef01234567\r\n\r\n`, 'latin1')
    }
    const onData = (data) => {
      const text = tail + data.latin1Slice()
      let at = 0
      for (let stop = text.indexOf(END); stop >= 0; stop = text.indexOf(END, at)) {
        at = stop + 4
        answered += 1
        if (sent < count) send()
      }
      tail = text.slice(at)
      if (answered === count) {
        socket.off('data', onData)
        resolve()
      }
    }
    socket.on('data', onData)
    while (sent < Math.min(count, inFlight)) send()
  })
}

/** Sends `count` Pings one after the other and returns the microseconds that each took. */
export function roundTrips(socket, count) {
  return new Promise((resolve) => {
    const took = new Float64Array(count)
    let done = 0
    let began = 0
    let tail = ''
    const send = () => {
      began = performance.now()
      socket.write(`Action: Ping\r\nActionID: ${done.toString(36)}-0123456789abcdef01234567\r\n\r\n`, 'latin1')
    }
    const onData = (data) => {
      tail += data.latin1Slice()
      if (!tail.endsWith(END)) return
      tail = ''
      took[done] = (performance.now() - began) * 1000
      done += 1
      if (done < count) send()
      else {
        socket.off('data', onData)
        resolve(took)
      }
    }
    socket.on('data', onData)
    send()
  })
}
