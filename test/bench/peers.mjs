// One measured process of another library, as it comes from the package registry: `node peers.mjs <package> <port> <node_modules>`. Answers `events` and
// `pings` as the contenders do. `npm run bench -- --peers` runs them.
import { once } from 'node:events'
import { createRequire } from 'node:module'

const [, , name, port, modules] = process.argv
const require = createRequire(`${modules}/`)
/** What the values are compared by, event by event: as they came, by names as each library spells them. */
const HEADERS = ['Channel', 'Uniqueid', 'Linkedid', 'AppData', 'CallerIDName', 'Variable', 'Value']
const SEPARATOR = '\u0001'

/** Each gives `take`, which hands every event's reader of a header to a function, and `ping`, which resolves with the answer. */
const PEERS = {
  'obelus-asterisk': async () => {
    const { AMIClient } = await import('obelus-asterisk')
    const client = new AMIClient({ host: '127.0.0.1', port: Number(port), username: 'bench', secret: 'bench', reconnect: false })
    await client.login()
    return {
      take: (sink) => client.onEvent('*', (event) => sink((header) => event.get(header))),
      send: (action, headers) => client.sendAction(action, headers),
    }
  },
  'asterisk-ami': async () => {
    const AsteriskAmi = require('asterisk-ami')
    const client = new AsteriskAmi({ host: '127.0.0.1', port, username: 'bench', password: 'bench' })
    client.connect()
    await once(client, 'ami_login')
    const waiting = new Map()
    let id = 0
    client.on('ami_data', (data) => waiting.get(data.actionid)?.(data))
    return {
      take: (sink) =>
        client.on('ami_data', (data) => {
          if (data.event !== undefined) sink((header) => data[header.toLowerCase()])
        }),
      // It sends, and leaves it to its user to find the answer.
      send: (action, headers) =>
        new Promise((resolve) => {
          id += 1
          const ActionID = String(id)
          waiting.set(ActionID, (answer) => {
            waiting.delete(ActionID)
            resolve(answer)
          })
          client.send({ Action: action, ActionID, ...headers })
        }),
    }
  },
  ami: async () => {
    const { default: Socket } = await import(require.resolve('ami'))
    const credentials = { username: 'bench', secret: 'bench' }
    const client = new Socket({ connect: { host: '127.0.0.1', port: Number(port) }, credentials })
    await client.connect()
    return {
      take: (sink) => client.on('event', ({ asObject }) => sink((header) => asObject[header.toLowerCase()])),
      send: (action, headers) => client.send({ action, ...headers }),
    }
  },
  yana: async () => {
    const AMI = require('yana')
    const client = new AMI({ host: '127.0.0.1', port, login: 'bench', password: 'bench' })
    client.connect()
    await once(client, 'connect')
    return {
      take: (sink) => client.on('event', (event) => sink((header) => event[header])),
      send: (action, headers) => new Promise((resolve) => client.send({ Action: action, ...headers }, resolve)),
    }
  },
  'asterisk-manager': async () => {
    const client = new (require('asterisk-manager'))(port, '127.0.0.1', 'bench', 'bench', true)
    await once(client, 'fullybooted')
    return {
      take: (sink) => client.on('managerevent', (event) => sink((header) => event[header.toLowerCase()])),
      send: (action, headers) =>
        new Promise((resolve, reject) => {
          client.action({ Action: action, ...headers }, (error, answer) => (error ? reject(error) : resolve(answer)))
        }),
    }
  },
}

const peer = await PEERS[name]()
let takeEvent = () => undefined
peer.take((read) => takeEvent(read))
const PASSES = {
  /** Reads events until as many have come as there are; gives how many have the values that the recording has. */
  events: async ({ times, truth }) => {
    const all = truth.length * times
    let seen = 0
    let right = 0
    const done = new Promise((resolve) => {
      takeEvent = (read) => {
        const values = HEADERS.map((header) => textOf(read(header))).join(SEPARATOR)
        if (values === truth[seen % truth.length]) right += 1
        seen += 1
        if (seen === all) resolve()
      }
    })
    await peer.send('Replay', { Times: times })
    let before = -1
    // Some lose events: then as many have come as will.
    const stalled = new Promise((resolve) => {
      setInterval(() => {
        if (seen === before) resolve()
        before = seen
      }, 2_000).unref()
    })
    await Promise.race([done, stalled])
    return { right, all }
  },
  pings: async ({ count, inFlight }) => {
    let left = count
    let right = 0
    const work = async () => {
      while (left > 0) {
        left -= 1
        const answer = await peer.send('Ping', {})
        if ((answer.headers?.Ping ?? answer.ping ?? answer.Ping) === 'Pong') right += 1
      }
    }
    await Promise.all(Array.from({ length: inFlight }, work))
    return { right, all: count }
  },
}

/** A repeated header is a list in some of them; the first counts here. */
function textOf(value) {
  return String((Array.isArray(value) ? value[0] : value) ?? '')
}

process.on('message', async ({ pass, what }) => {
  const before = process.cpuUsage()
  const result = await PASSES[pass](what)
  const { user, system } = process.cpuUsage(before)
  process.send({ ...result, ms: (user + system) / 1000 })
})
// One of them takes the end of its connection for an error that nobody handles.
process.on('disconnect', () => process.exit())
process.on('uncaughtException', () => process.exit(1))
process.send({ ready: true })
