// A process of its own that plays Asterisk: answers logins and Pings, and streams the recording as fast as the socket takes it.
import { createServer } from 'node:net'
import { callEvents } from './calls.mjs'
import { memberEvents } from './members.mjs'
import { numberedEvents, readEvents } from './recording.mjs'

const recording = readEvents()
const END = '\r\n\r\n'
/** How much is handed to the socket at once. */
const PIECE = 1 << 20

/** Other libraries write the names of actions in small letters. */
const NAMES = Object.fromEntries(
  ['Ping', 'Challenge', 'Login', 'Logoff', 'Replay', 'Calls', 'Members', 'CoreShowChannels'].map((name) => [
    name.toLowerCase(),
    name,
  ]),
)

const server = createServer({ noDelay: true }, (socket) => {
  let received = ''
  socket.on('error', () => socket.destroy())
  socket.write('Asterisk Call Manager/11.0.0\r\n')
  socket.on('data', (data) => {
    received += data.latin1Slice()
    let answers = ''
    let start = 0
    for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n', start)) {
      const action = received.slice(start, end)
      start = end + 4
      const id = header(action, 'ActionID')
      switch (NAMES[header(action, 'Action').toLowerCase()]) {
        case 'Ping':
          answers += `Response: Success\r\nActionID: ${id}\r\nPing: Pong\r\nTimestamp: 1795397647.690000\r\n\r\n`
          break
        case 'Challenge':
          answers += `Response: Success\r\nActionID: ${id}\r\nChallenge: 152667351\r\n\r\n`
          break
        case 'Login':
          answers += `Response: Success\r\nActionID: ${id}\r\nMessage: Authentication accepted\r\n\r\n`
          answers += 'Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 22\r\nLastReload: 22\r\nStatus: Fully Booted\r\n\r\n'
          break
        case 'Logoff':
          socket.end(`Response: Goodbye\r\nActionID: ${id}\r\nMessage: Thanks for all the fish.\r\n\r\n`)
          return
        case 'Replay':
          answers += `Response: Success\r\nActionID: ${id}\r\nMessage: Replaying\r\n\r\n`
          replay(socket, Number(header(action, 'Times')), header(action, 'Numbered') !== '')
          break
        case 'Calls': {
          answers += `Response: Success\r\nActionID: ${id}\r\nMessage: Calling\r\n\r\n`
          const [from, to] = ['From', 'To'].map((name) => Number(header(action, name)))
          const done = Buffer.from('Event: CallsDone\r\nPrivilege: call,all\r\n\r\n')
          stream(socket, Buffer.concat([callEvents(from, to, header(action, 'Part')), done]), 1)
          break
        }
        case 'Members': {
          answers += `Response: Success\r\nActionID: ${id}\r\nMessage: Telling\r\n\r\n`
          const [live, count] = ['Live', 'Count'].map((name) => Number(header(action, name)))
          const done = Buffer.from('Event: MembersDone\r\nPrivilege: agent,all\r\n\r\n')
          stream(socket, Buffer.concat([memberEvents(live, count), done]), 1)
          break
        }
        case 'CoreShowChannels':
          answers += `Response: Success\r\nActionID: ${id}\r\nEventList: start\r\nMessage: Channels will follow\r\n\r\n`
          answers += `Event: CoreShowChannelsComplete\r\nActionID: ${id}\r\nEventList: Complete\r\nListItems: 0\r\n\r\n`
          break
        default:
          answers += `Response: Error\r\nActionID: ${id}\r\nMessage: Invalid/unknown command\r\n\r\n`
      }
    }
    received = received.slice(start)
    if (answers !== '') socket.write(answers, 'latin1')
  })
})
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))

/** The numbers go on, as a server's do. */
function replay(socket, times, isNumbered) {
  if (isNumbered) stream(socket, numberedEvents(recording, times), 1)
  else stream(socket, recording, times)
}

/** Sends these events `times` times, from the next turn on so that the action's answer goes first. */
function stream(socket, events, times) {
  let at = 0
  let left = times
  const next = () => {
    while (left > 0) {
      // Whole events, so that an answer may come between them.
      const piece = events.subarray(at, events.lastIndexOf(END, at + PIECE) + END.length)
      at += piece.length
      if (at >= events.length) {
        at = 0
        left -= 1
      }
      if (!socket.write(piece)) {
        socket.once('drain', next)
        return
      }
    }
  }
  setImmediate(next)
}

function header(action, name) {
  const start = `${name.toLowerCase()}: `
  for (const line of action.split('\r\n')) if (line.toLowerCase().startsWith(start)) return line.slice(start.length)
  return ''
}
