import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { checkServerIdentity } from 'node:tls'
import { printable } from '../../core/printable.js'
import { type Check, type Finding, note, ok, wrong } from './finding.js'
import { type Heard, probe } from './probe.js'
import { nameOf, type Server } from './server.js'

/** How long a manager may take for its greeting; it comes at once. */
const GREETING_MS = 2_000

const name: Check<Server> = {
  name: 'name',
  async run({ host }) {
    if (isIP(host) !== 0) return ok(`${host} is an address`)
    try {
      const addresses = await lookup(host, { all: true })
      return ok(`${host} is ${addresses.map(({ address }) => address).join(', ')}`)
    } catch (error) {
      return wrong(
        `the name ${host} cannot be resolved (${(error as NodeJS.ErrnoException).code})`,
        'Nobody here knows an address for it, so nothing can be connected to.',
        `Look for a typing mistake, ask the resolver (getent hosts ${host}), or write the address.`,
      )
    }
  },
}

const port: Check<Server> = {
  name: 'port',
  async run(server) {
    const { connectedMs, error } = await probe(server, { listenMs: 0 })
    if (connectedMs !== undefined) return ok(`${nameOf(server)} takes connections (${connectedMs.toFixed(1)} ms)`)
    const code = error?.code ?? ''
    if (code === 'ECONNREFUSED')
      return wrong(
        `nothing listens at ${nameOf(server)}`,
        'The machine is there and refuses the connection: Asterisk does not run, its manager is off, or it is at another port or address.',
        "On the server: asterisk -rx 'manager show settings'. In manager.conf, [general]: enabled = yes, and the port and bindaddr that you mean (127.0.0.1 is reached from that machine only).",
      )
    if (code === '' || code === 'ETIMEDOUT')
      return wrong(
        `nobody answers at ${nameOf(server)} (within ${server.timeoutMs} ms)`,
        'Packets get lost: a firewall drops them, or the machine is off.',
        'Open the port for this machine in the firewall, or reach the manager through a tunnel: ssh -L 5038:127.0.0.1:5038 SERVER.',
      )
    return wrong(
      `no connection to ${nameOf(server)}: ${error?.message}`,
      'There is no way to that machine from here.',
      'Check the address and the network.',
    )
  },
}

const tls: Check<Server> = {
  name: 'tls',
  async run(server) {
    const { connectedMs, error, certificate, distrust } = await probe(server, { tls: true, listenMs: 0 })
    if (connectedMs === undefined || certificate === undefined) return await noTLS(server, error)
    const until = new Date(certificate.valid_to)
    const from = new Date(certificate.valid_from)
    const servername = server.tls?.servername ?? server.host
    const mistakes: [says: string, remedy: string][] = []
    if (until.getTime() < Date.now())
      mistakes.push([
        `its certificate has expired, on ${until.toISOString()}`,
        'Renew it, and load it: asterisk -rx "manager reload".',
      ])
    if (from.getTime() > Date.now())
      mistakes.push([`its certificate is not valid before ${from.toISOString()}`, 'Look at the clocks of both machines.'])
    const named = checkServerIdentity(servername, certificate)
    if (named !== undefined)
      mistakes.push([
        `its certificate is for another name than ${servername} (${certificate.subjectaltname ?? certificate.subject?.CN ?? 'none'})`,
        'Write that name in the URL, or add ?tls.servername=NAME to it.',
      ])
    if (mistakes.length === 0 && distrust !== undefined)
      mistakes.push([
        `its certificate is signed by nobody that this machine trusts (${String(distrust)})`,
        'Give the certificate that it was signed by: --ca FILE (here), tls: { ca } (in programs).',
      ])
    const [first, ...others] = mistakes
    if (first === undefined)
      return ok(`its certificate is trusted, is for ${servername}, and is valid until ${until.toISOString()}`)
    const says = [first, ...others].map(([each]) => each).join('; ')
    if (server.tls?.rejectUnauthorized === false)
      return note(`${says}; it is accepted because tls.rejectUnauthorized is false`, first[1])
    return wrong(says, 'A client refuses the connection: it cannot know that this is the server that is meant.', first[1])
  },
}

async function noTLS(server: Server, error: Heard['error']): Promise<Finding> {
  const { text } = await probe(server, { listenMs: GREETING_MS })
  if (text.startsWith(GREETING))
    return wrong(
      `${nameOf(server)} is a manager port without TLS`,
      'The client begins to speak TLS and is not understood.',
      'Write ami:// in place of amis://, or the port of tlsbindaddr in manager.conf (5039).',
    )
  return wrong(
    `${nameOf(server)} does not speak TLS (${error?.reason ?? error?.code ?? 'no answer'})`,
    'The client begins to speak TLS and is not understood.',
    'In manager.conf, [general]: tlsenable = yes, tlsbindaddr, tlscertfile, tlsprivatekey; or write ami:// and the port without TLS.',
  )
}

const GREETING = 'Asterisk Call Manager/'

/** Releases by the major version of their AMI (`AMI_VERSION` in `include/asterisk/manager.h`). */
const RELEASES: Readonly<Record<string, string>> = {
  '1': '1.4 to 11',
  '2': '12 or 13',
  '3': '14',
  '4': '15',
  '5': '16',
  '6': '17',
  '7': '18',
  '8': '19',
  '9': '20',
  '10': '21',
  '11': '22',
  '12': '23',
}

const greeting: Check<Server> = {
  name: 'greeting',
  async run(server) {
    const heard = await probe(server, { tls: server.tls !== undefined, listenMs: GREETING_MS })
    const line = heard.text.split(/\r?\n/)[0] ?? ''
    if (line.startsWith(GREETING)) {
      const version = line.slice(GREETING.length)
      const release = RELEASES[version.split('.')[0] ?? '']
      return ok(`AMI ${printable(version)}${release === undefined ? '' : `, of Asterisk ${release}`}`)
    }
    if (heard.text !== '') return stranger(server, line)
    if (heard.isClosed)
      return wrong(
        `${nameOf(server)} closes the connection before its greeting`,
        'Asterisk does so when authlimit is reached: too many connections have not logged in yet (50 by default), and each stays for authtimeout (30 s).',
        "Find who connects without logging in (asterisk -rx 'core show settings' is no help; the log has the addresses), raise authlimit in manager.conf, [general], or wait 30 s. If it goes on, the port is not a manager's.",
      )
    return silent(server)
  },
}

const MANAGER_PORT = "The manager's port is 5038, or that of manager.conf, [general]: port, tlsbindaddr."

function stranger(server: Server, line: string): Finding {
  const kind = line.startsWith('SSH-') ? 'an SSH server' : line.startsWith('HTTP/') ? 'an HTTP server' : 'no Asterisk manager'
  return wrong(
    `${nameOf(server)} is ${kind}: it says ${JSON.stringify(printable(line, 60))}`,
    'Another service has this port.',
    MANAGER_PORT,
  )
}

/** What accepts a connection and says nothing may wait for the client to begin. */
async function silent(server: Server): Promise<Finding> {
  if (server.tls === undefined) {
    const { connectedMs } = await probe({ ...server, timeoutMs: GREETING_MS }, { tls: true, listenMs: 0 })
    if (connectedMs !== undefined)
      return wrong(
        `${nameOf(server)} speaks TLS, and the URL says ami://`,
        'The server waits for the client to begin with TLS, and the client waits for the greeting.',
        'Write amis:// in place of ami://.',
      )
  }
  const { text } = await probe(server, { tls: server.tls !== undefined, say: 'GET / HTTP/1.0\r\n\r\n', listenMs: GREETING_MS })
  if (text.startsWith('HTTP/')) {
    const own = /^Server: *Asterisk/im.test(text) ? ' (Asterisk has one of its own, at 8088, which is not the manager)' : ''
    return wrong(`${nameOf(server)} is an HTTP server${own}`, 'Another service has this port.', MANAGER_PORT)
  }
  if (text !== '') return stranger(server, text.split(/\r?\n/)[0] ?? '')
  return wrong(
    `${nameOf(server)} takes connections and says nothing`,
    'A manager greets at once. Something between swallows what it says, another service has the port, or Asterisk hangs.',
    `On the server itself: (echo; sleep 1) | nc 127.0.0.1 ${server.port} must print "Asterisk Call Manager". If it does, look at what is between: proxy, firewall, tunnel.`,
  )
}

/** In this order; when something is wrong, those behind it cannot be told. */
export const networkChecks = ({ tls: isTLS }: Server): readonly Check<Server>[] =>
  isTLS === undefined ? [name, port, greeting] : [name, port, tls, greeting]
