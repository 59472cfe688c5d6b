import { AGIProtocol, AMIProtocol, AMIServerProtocol, Handler, type Transport } from 'obelus-asterisk/protocol'

export async function login(transport: Transport): Promise<string> {
  const protocol = new AMIProtocol({ encoding: 'utf-8', randomBytes: (bytes) => void bytes.fill(7) })
  protocol.registerEventHandler('Hangup', (event) => console.log(event.get('Channel')))
  protocol.connectionMade(transport)
  protocol.dataReceived(new Uint8Array([1, 2, 3]))
  const handler = protocol.sendAction('Login', { Username: 'admin', Secret: 's3cret' })
  handler.onResult = (response) => console.log(response.message)
  const both = Handler.aggregate([handler, protocol.sendAction('Ping')])
  const [first] = await both.toPromise()
  return first?.message ?? ''
}

export class Script extends AGIProtocol {
  override sessionStarted(): void {
    this.sendCommand('GET VARIABLE', 'X').onResult = ({ value }) => console.log(value)
  }
}
void AMIServerProtocol
