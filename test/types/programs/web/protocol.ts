import { AMIProtocol, type EventHandler, type Protocol, type Transport } from 'obelus-asterisk/protocol'

const log: EventHandler = (event) => console.log(event.name, event.headers)

export function attach(socket: WebSocket): Protocol {
  const protocol = new AMIProtocol({ randomBytes: (bytes) => crypto.getRandomValues(bytes) })
  const transport: Transport = { write: (data) => socket.send(new Uint8Array(data)), close: () => socket.close() }
  protocol.registerEventHandler('*', log)
  socket.addEventListener('open', () => protocol.connectionMade(transport))
  socket.addEventListener('message', ({ data }) => protocol.dataReceived(new Uint8Array(data as ArrayBuffer)))
  socket.addEventListener('close', () => protocol.connectionLost())
  return protocol
}
