// One measured process: a bound or the library, logged in and waiting for passes. `node contender.mjs <name> <port>`
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import * as raw from './raw.mjs'

const [, , name, port] = process.argv
/** As many as the server makes events of in one piece. */
const CALLS_AT_ONCE = 1000
const INFINITE = { maxBuffered: 1_000_000 }

const CONTENDERS = {
  'raw-bytes': async () => {
    const socket = await raw.open(Number(port))
    return async ({ times, bytes }) => {
      const count = raw.byteCounter()
      await raw.replay(socket, times, (chunk) => count(chunk) === bytes)
    }
  },
  'raw-names': async () => {
    const socket = await raw.open(Number(port))
    return async ({ times, events, wanted, wantedEvents }) => {
      const read = raw.nameReader(wanted)
      await raw.replay(socket, times, (chunk) => read(chunk).events === events)
      expect(read(Buffer.alloc(0)).wanted, wantedEvents)
    }
  },
  'raw-lazy': async () => {
    const socket = await raw.open(Number(port))
    return async ({ times, events, wanted, wantedEvents }) => {
      const read = raw.lazyReader(wanted)
      await raw.replay(socket, times, (chunk) => read(chunk).events === events)
      expect(read(Buffer.alloc(0)).wanted, wantedEvents)
    }
  },
  'raw-objects': async () => {
    const socket = await raw.open(Number(port))
    return async ({ times, events }) => {
      const read = raw.objectReader()
      await raw.replay(socket, times, (chunk) => read(chunk).events === events)
    }
  },
  'raw-pings': async () => {
    const socket = await raw.open(Number(port))
    return ({ count, inFlight }) => raw.pings(socket, count, inFlight)
  },
  'raw-round-trips': async () => {
    const socket = await raw.open(Number(port))
    return async ({ count }) => median(await raw.roundTrips(socket, count))
  },
  /** What each reader of foreign bytes pays for ten times as much of the input that is worst for it. */
  'worst-inputs': async () => {
    const { costOf, readersOf } = await import('./worst-inputs.mjs')
    const { AGIRouter } = await import('obelus-asterisk')
    const { parseCallerId } = await import('../../dist/core/caller-id.js')
    const { percentDecode } = await import('../../dist/agi/percent-encoding.js')
    const router = new AGIRouter().route('a/:b', () => undefined).route('a/*', () => undefined)
    const readers = readersOf({ ...(await import('obelus-asterisk/protocol')), router, parseCallerId, percentDecode })
    return () =>
      readers.map((reader) => {
        const costs = Object.entries(reader.inputs).map(([input, make]) => ({
          reader: reader.name,
          input,
          ...costOf(reader, make),
        }))
        return costs.sort((a, b) => b.ratio - a.ratio)[0]
      })
  },
  /** What it costs when a channel joins or leaves a bridge. */
  bridges: async () => {
    const { bridgeCosts } = await import('./bridges.mjs')
    return bridgeCosts
  },
  /** What the sound of many calls costs. */
  sound: async () => {
    const { soundOf } = await import('./media.mjs')
    return soundOf
  },
  /** How much is held of a command's output for each byte of it that has come: the most, at any point of it. */
  'command-output': async () => {
    const { AMIProtocol } = await import('obelus-asterisk/protocol')
    return async ({ bytes, steps }) => {
      const protocol = new AMIProtocol()
      protocol.connectionMade({ write: () => undefined, close: () => undefined })
      protocol.dataReceived(Buffer.from('Asterisk Call Manager/11.0.0\r\n'))
      const command = protocol.sendAction('Command', { ActionID: 'c' }).toPromise()
      const before = await keptBytes()
      const chunk = Buffer.from(`Output: /obelus/key/${'0'.repeat(40)}: value\r\n`.repeat(900))
      protocol.dataReceived(Buffer.from('Response: Success\r\nActionID: c\r\n'))
      let [fed, most] = [0, 0]
      for (let step = 1; step <= steps; step += 1) {
        for (; fed < (bytes * step) / steps; fed += chunk.length) protocol.dataReceived(chunk)
        most = Math.max(most, ((await keptBytes()) - before) / fed)
      }
      protocol.dataReceived(Buffer.from('\r\n'))
      const response = await command
      most = Math.max(most, ((await keptBytes()) - before) / fed)
      expect(response.output.length > bytes / 100, true)
      return most
    }
  },
  'one-name': async () => {
    const client = await login()
    return async ({ times, wanted, wantedEvents }) => {
      const events = client.events(wanted, INFINITE)
      await client.sendAction('Replay', { Times: times })
      await readThree(events, wantedEvents)
    }
  },
  'numbers-read': () => numbered('auto'),
  'numbers-left': () => numbered(false),
  'every-name': async () => {
    const client = await login()
    return async ({ times, events: count, wanted, wantedEvents }) => {
      const events = client.events(undefined, INFINITE)
      await client.sendAction('Replay', { Times: times })
      let left = count
      let seen = 0
      for await (const event of events) {
        if (event.name === wanted) seen += 1
        left -= 1
        if (left === 0) break
      }
      expect(seen, wantedEvents)
    }
  },
  'every-event': async () => {
    const client = await login()
    return async ({ times, events: count }) => {
      const events = client.events(undefined, INFINITE)
      await client.sendAction('Replay', { Times: times })
      await readThree(events, count)
    }
  },
  'all-headers': async () => {
    const client = await login()
    return async ({ times, events: count }) => {
      const events = client.events(undefined, INFINITE)
      await client.sendAction('Replay', { Times: times })
      let left = count
      let read = 0
      for await (const event of events) {
        const { headers } = event
        if (headers.Channel !== undefined) read += 1
        if (headers.Uniqueid !== undefined) read += 1
        if (headers.ChannelStateDesc !== undefined) read += 1
        left -= 1
        if (left === 0) break
      }
      return read
    }
  },
  /** Every event through a CallManager, until the last Hangup. */
  calls: async () => {
    const client = await login()
    const { CallManager } = await import('obelus-asterisk')
    const calls = new CallManager(client)
    return async ({ times, hangups }) => {
      const done = new Promise((resolve) => {
        let left = hangups
        const stop = client.onEvent('Hangup', () => {
          left -= 1
          if (left > 0) return
          stop()
          resolve()
        })
      })
      await client.sendAction('Replay', { Times: times })
      await done
      return calls.trackedCalls.length
    }
  },
  /** Every event through a LiveModel, until the last Hangup. */
  live: async () => {
    const client = await login()
    const { LiveModel } = await import('obelus-asterisk/live')
    const pbx = new LiveModel(client)
    await pbx.ready()
    return async ({ times, hangups }) => {
      const done = new Promise((resolve) => {
        let left = hangups
        const stop = client.onEvent('Hangup', () => {
          left -= 1
          if (left > 0) return
          stop()
          resolve()
        })
      })
      await client.sendAction('Replay', { Times: times })
      await done
      return pbx.version
    }
  },
  'members-100': () => members(100),
  'members-50000': () => members(50_000),
  /** How much the heap grows while members change, of whom nobody reads what is told. */
  'live-memory': async () => {
    const { pbx, tell } = await queues(15_000)
    return async ({ changes }) => {
      const stream = pbx.changes()
      await tell(changes / 10)
      const before = await keptBytes()
      await tell(changes)
      const after = await keptBytes()
      expect(stream.buffered <= 15_050, true)
      return after - before
    }
  },
  'churn-100': () => churn(100),
  'churn-50000': () => churn(50_000),
  /** How many bytes a live call takes, and how many more there are when others have come and gone. */
  'live-calls': async () => {
    const play = await player()
    return async ({ live, churn: gone }) => {
      // What the library keeps once and for all, such as the last events, is there before.
      await play(0, gone / 5, 'whole')
      const before = await keptBytes()
      await play(0, gone, 'whole')
      const after = await keptBytes()
      await play(0, live, 'begin')
      const during = await keptBytes()
      expect(play.calls.trackedCalls.length, live)
      return { perCall: (during - after) / live, grown: after - before }
    }
  },
  pings: async () => {
    const client = await login()
    return async ({ count, inFlight }) => {
      let left = count
      const work = async () => {
        while (left > 0) {
          left -= 1
          await client.sendAction('Ping')
        }
      }
      await Promise.all(Array.from({ length: inFlight }, work))
    }
  },
  /** NOOPs of one session, one after the other: p50. */
  'agi-noops': async () => {
    const { serve, call } = await agiServer()
    return async ({ count }) => {
      const took = new Float64Array(count)
      serve(async (agi) => {
        for (let done = 0; done < count; done += 1) {
          const began = performance.now()
          await agi.noop()
          took[done] = (performance.now() - began) * 1000
        }
      })
      await call(1, 1)
      return median(took)
    }
  },
  /** The same over a bare socket. */
  'raw-agi-noops': async () => {
    let run
    const server = createServer({ noDelay: true }, (socket) => run(socket)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const call = await agiPeer(server.address().port)
    return async ({ count }) => {
      const took = new Float64Array(count)
      run = (socket) => {
        let text = ''
        let done = -1
        let began = 0
        socket.on('data', (data) => {
          text += data.latin1Slice()
          if (!text.endsWith(done < 0 ? '\n\n' : '\n')) return
          text = ''
          if (done >= 0) took[done] = (performance.now() - began) * 1000
          done += 1
          if (done === count) return socket.destroy()
          began = performance.now()
          socket.write('NOOP\n')
        })
      }
      await call(1, 1)
      return median(took)
    }
  },
  /** How many bytes each of `live` sessions takes whose scripts run, and how many more there are when others have come and gone. */
  'agi-sessions': async () => {
    const { serve, call, release, server } = await agiServer()
    return async ({ live, gone }) => {
      serve((agi) => agi.noop())
      await call(gone / 10, 50)
      const before = await keptBytes()
      await call(gone, 50)
      const after = await keptBytes()
      let arrived = 0
      const together = new Promise((resolve) => {
        serve(async (agi) => {
          await agi.noop()
          arrived += 1
          if (arrived === live) resolve()
          await new Promise((over) => agi.signal.addEventListener('abort', over))
        })
      })
      const ended = call(live, live)
      await together
      const during = await keptBytes()
      expect(server.sessions.length, live)
      await release()
      await ended
      return { perSession: (during - after) / live, grown: after - before }
    }
  },
  'round-trips': async () => {
    const client = await login()
    return async ({ count }) => {
      const took = new Float64Array(count)
      for (let done = 0; done < count; done += 1) {
        const began = performance.now()
        await client.sendAction('Ping')
        took[done] = (performance.now() - began) * 1000
      }
      return median(took)
    }
  },
  /** How much the heap grows while events are read: `from` events first, then up to `to`. */
  memory: async () => {
    const client = await login()
    return async ({ from, to, all }) => {
      const events = client.events(undefined, INFINITE)
      const readUpTo = async (count) => {
        const times = Math.ceil(count / all)
        await client.sendAction('Replay', { Times: times })
        await readThree(events, times * all, false)
        return await keptBytes()
      }
      await readUpTo(from / 10)
      const before = await readUpTo(from * 0.9)
      const after = await readUpTo(to - from)
      events.close()
      return after - before
    }
  },
  /** How many bytes a value keeps alive that is kept from each of `count` events: read by `get`, or from `headers`. */
  kept: async () => {
    const client = await login()
    return async ({ count, by, all, withChannel }) => {
      const values = new Array(count).fill('')
      const events = client.events(undefined, INFINITE)
      const before = await keptBytes()
      const times = Math.ceil(count / withChannel)
      await client.sendAction('Replay', { Times: times })
      let left = times * all
      let kept = 0
      for await (const event of events) {
        const value = by === 'get' ? event.get('Channel') : event.headers.Channel
        if (value !== undefined && kept < count) {
          values[kept] = value
          kept += 1
        }
        left -= 1
        if (left === 0) break
      }
      const after = await keptBytes()
      expect(kept, values.length)
      return (after - before) / count
    }
  },
}

/** Members of whom `live` are there change their states. */
async function members(live) {
  const { pbx, tell } = await queues(live)
  return async ({ changes }) => {
    const { version } = pbx
    await tell(changes)
    expect(pbx.version > version, true)
  }
}

/** A LiveModel with so many members in 50 queues, and what has the server tell of so many changes of them. */
async function queues(live) {
  const client = await login()
  const { LiveModel } = await import('obelus-asterisk/live')
  const pbx = new LiveModel(client)
  await pbx.ready()
  const tell = async (count) => {
    const done = client.waitFor('MembersDone', { timeoutMs: 60_000 })
    await client.sendAction('Members', { Live: live, Count: count })
    await done
  }
  await tell(0)
  // What the coming of members hints at is read.
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(Object.keys(pbx.snapshot().members).length, live)
  return { pbx, tell }
}

/** Calls that come and go while `live` others are there. */
async function churn(live) {
  const play = await player()
  await play(0, live, 'begin')
  return async ({ calls }) => {
    await play(live, live + calls, 'whole')
    expect(play.calls.trackedCalls.length, live)
  }
}

/** Has the server tell of calls to a CallManager, and waits until it has. */
async function player() {
  const client = await login()
  const { CallManager } = await import('obelus-asterisk')
  const calls = new CallManager(client)
  const play = async (from, to, part) => {
    for (let at = from; at < to; at += CALLS_AT_ONCE) {
      const done = client.waitFor('CallsDone', { timeoutMs: 60_000 })
      await client.sendAction('Calls', { From: at, To: Math.min(at + CALLS_AT_ONCE, to), Part: part })
      await done
    }
  }
  return Object.assign(play, { calls })
}

/** A FastAGI server whose script can be changed, and a peer in another process that calls it. */
async function agiServer() {
  const { FastAGIServer } = await import('obelus-asterisk')
  let script
  const server = new FastAGIServer({ port: 0 }).routeDefault((agi) => script(agi))
  const { port } = await server.listen()
  const call = await agiPeer(port)
  const serve = (next) => {
    script = next
  }
  return { server, serve, call, release: () => call(0, 0, true) }
}

/** `call(sessions, parallel)` resolves when so many sessions have ended. */
async function agiPeer(port) {
  const peer = fork(fileURLToPath(new URL('agi-peer.mjs', import.meta.url)), [String(port)], { execArgv: [] })
  await once(peer, 'message')
  process.on('disconnect', () => peer.disconnect())
  return async (sessions, parallel, release = false) => {
    peer.send({ sessions, parallel, release })
    await once(peer, 'message')
  }
}

/** One name of a server that numbers its events. */
async function numbered(how) {
  const client = await login({ numbered: how })
  return async ({ times, wanted, wantedEvents }) => {
    const events = client.events(wanted, INFINITE)
    await client.sendAction('Replay', { Times: times, Numbered: 1 })
    await readThree(events, wantedEvents)
  }
}

async function login(options = {}) {
  const { AMIClient } = await import('obelus-asterisk')
  const client = new AMIClient({ port: Number(port), username: 'bench', secret: 'bench', ...options })
  await client.login()
  return client
}

async function readThree(events, count, close = true) {
  let left = count
  let read = 0
  for (;;) {
    // `for await` closes the stream at its end; who reads on takes the events as it does.
    if (close) {
      for await (const event of events) {
        read += three(event)
        left -= 1
        if (left === 0) return read
      }
    }
    const { value: event } = await events.next()
    read += three(event)
    left -= 1
    if (left === 0) return read
  }
}

function three(event) {
  let read = 0
  if (event.get('Channel') !== undefined) read += 1
  if (event.get('Uniqueid') !== undefined) read += 1
  if (event.get('ChannelStateDesc') !== undefined) read += 1
  return read
}

/** What lives on the heap, and in buffers beside it, once all that can go is gone. */
async function keptBytes() {
  for (let round = 0; round < 3; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    globalThis.gc()
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function median(numbers) {
  return numbers.toSorted()[numbers.length >> 1]
}

function expect(actual, expected) {
  if (actual !== expected) throw new Error(`${name}: ${actual} in place of ${expected}`)
}

const pass = await CONTENDERS[name]()
process.on('message', async (what) => {
  const before = process.cpuUsage()
  const result = await pass(what)
  const { user, system } = process.cpuUsage(before)
  process.send({ cpuMs: (user + system) / 1000, result })
})
process.on('disconnect', () => process.exit())
process.send({ ready: true })
