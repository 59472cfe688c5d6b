import { AMIClient, type DuplexStreams, webStreamsTransport } from 'obelus-asterisk/web'

/** As Deno and Workers have it. */
declare function connect(address: { hostname: string; port: number }): Promise<DuplexStreams>

export const ami = new AMIClient({
  username: 'admin',
  secret: 's3cret',
  connect: webStreamsTransport(() => connect({ hostname: 'pbx', port: 5038 })),
})
