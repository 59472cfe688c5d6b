import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { Readable, Writable } from 'node:stream'
import { type DuplexStreams, webSocketTransport, webStreamsTransport } from 'obelus-asterisk'
import { action, event, FakeAsterisk, FakeResponse } from 'obelus-asterisk/testing'
import { type ContractTarget, describeClientContract } from '../../support/client-contract.js'

const pem = (name: string) => readFileSync(new URL(`../../fixtures/tls/${name}`, import.meta.url))

function fake(): FakeAsterisk {
  return new FakeAsterisk(
    { users: { admin: 's3cret' }, unhandled: 'bypass' },
    action('CoreShowChannels', () => [
      event('CoreShowChannel', { Channel: 'PJSIP/a-1' }),
      event('CoreShowChannel', { Channel: 'PJSIP/b-1' }),
    ]),
    action('Command', () => new FakeResponse('Success', { Message: 'Command output follows', Output: ['Asterisk 22.10.1'] })),
  )
}

const account = { username: 'admin', secret: 's3cret' }

describeClientContract('memory', async (): Promise<ContractTarget> => {
  const pbx = fake()
  return { options: { ...account, connect: pbx.connector }, close: () => pbx.close() }
})

describeClientContract('TCP', async (): Promise<ContractTarget> => {
  const pbx = fake()
  const { port } = await pbx.listen()
  return { options: { ...account, port }, close: () => pbx.close() }
})

describeClientContract('TLS', async (): Promise<ContractTarget> => {
  const pbx = fake()
  const { port } = await pbx.listen({ tls: { key: pem('server.key'), cert: pem('server.pem') } })
  const tls = { ca: pem('ca.pem') }
  const options: ContractTarget['options'] & { tls: object } = { ...account, port, tls }
  return { options, close: () => pbx.close() }
})

describeClientContract('WebSocket, by mock-socket', async (): Promise<ContractTarget> => {
  const pbx = fake()
  const url = 'ws://pbx.test/ami'
  pbx.listenWebSocket(url)
  return { options: { ...account, connect: webSocketTransport(url) }, close: () => pbx.close() }
})

/** A socket of Node as Web Streams. */
async function streamsOf(port: number): Promise<DuplexStreams> {
  const socket = connect(port, '127.0.0.1')
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  const readable = Readable.toWeb(socket) as ReadableStream<Uint8Array>
  return { readable, writable: Writable.toWeb(socket), close: () => socket.destroySoon() }
}

describeClientContract('Web Streams', async (): Promise<ContractTarget> => {
  const pbx = fake()
  const { port } = await pbx.listen()
  return { options: { ...account, connect: webStreamsTransport(() => streamsOf(port)) }, close: () => pbx.close() }
})
