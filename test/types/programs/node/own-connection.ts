import { AMIClient, type Connector, type Protocol, type Transport, tcpConnector, webStreamsTransport } from 'obelus-asterisk'

class Pipe implements Transport {
  write(data: Uint8Array): void {
    console.log(data.length)
  }
  close(): void {}
}

export const connect: Connector = async (protocol: Protocol, signal) => {
  signal.throwIfAborted()
  const pipe = new Pipe()
  protocol.connectionMade(pipe)
  return pipe
}

export const own = new AMIClient({ username: 'admin', secret: 's3cret', connect })
export const tunnel = new AMIClient({ username: 'admin', secret: 's3cret', connect: tcpConnector({ host: '::1', port: 15_038 }) })
own.wrapConnector((inner) => (protocol, signal) => inner(protocol, signal))
void webStreamsTransport
