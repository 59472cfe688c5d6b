import { AMIClient, AsyncAGIExecutor, CallManager, webSocketTransport } from 'obelus-asterisk/web'

// What is inferred here must have a name that declarations can be written with.
export const makeClient = (url: string) =>
  new AMIClient({ username: 'admin', secret: 's3cret', connect: webSocketTransport(url) })
export const stream = (url: string) => makeClient(url).events(['Hangup', 'Newchannel'], { withGaps: true })
export const listing = (url: string) => makeClient(url).listAction('QueueStatus', { Queue: 'support' })
export const calls = (url: string) => new CallManager(makeClient(url)).incoming()
export const sessions = (url: string) => new AsyncAGIExecutor(makeClient(url), () => undefined).sessions
