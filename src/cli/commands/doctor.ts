import { expandURL } from '../../ami/client/connection-url.js'
import { eventMask } from '../../ami/client/options.js'
import type { AMIEvent } from '../../ami/messages/event.js'
import { AMIClient, type AMIClientOptions } from '../../node/ami-client.js'
import { webSocketTransport } from '../../web/web-socket.js'
import type { Arguments } from '../arguments.js'
import type { Command, Context, ExitCode } from '../command.js'
import { CONNECTION, connectionOptions } from '../connection.js'
import { accountChecks } from '../doctor/account-checks.js'
import { type Facts, gatherFacts, type Patient } from '../doctor/facts.js'
import { fastAGIFinding } from '../doctor/fastagi-check.js'
import type { Check, NamedFinding } from '../doctor/finding.js'
import { logInAs } from '../doctor/login-check.js'
import { networkChecks } from '../doctor/network-checks.js'
import { probe } from '../doctor/probe.js'
import { printReport } from '../doctor/report.js'
import { nameOf, type Server, serverOf } from '../doctor/server.js'
import { FEATURES, featuresOf } from '../features.js'
import { UsageError } from '../usage-error.js'

export const doctor: Command = {
  usage: '[URL] [options]',
  description: [
    'Finds out why the manager does not answer, or why nothing arrives: name, port, TLS, greeting, login, boot, rights, filters, modules, clock.',
    'What is wrong comes first, with what it means and what to do. Exits with 0 when all is well, 1 when something is wrong, 2 when it cannot tell.',
    'It raises one UserEvent, and where the rights cannot be read, originates one call to an extension that is not there.',
  ],
  options: {
    for: {
      type: 'string',
      value: 'FEATURES',
      help: `what the account must have rights for; default: calls. ${Object.keys(FEATURES).join(', ')}`,
    },
    fastagi: {
      type: 'string',
      value: 'URL',
      help: 'also whether Asterisk reaches this agi:// address: by a test call, which runs its script',
    },
    json: { type: 'boolean', help: 'for programs: one JSON object' },
    ...CONNECTION,
  },
  examples: ['obelus doctor amis://crm:s3cret@pbx.example --for calls,live', 'obelus doctor --fastagi agi://10.0.0.5:4573/hello'],
  async run(args, context) {
    args.take()
    const features = featuresOf(args.text('for') ?? 'calls')
    const fastAGI = args.text('fastagi')
    if (fastAGI !== undefined && !/^agi:\/\/[^\s,|]+$/i.test(fastAGI))
      throw new UsageError('--fastagi takes an address such as agi://10.0.0.5:4573/hello')
    const options = checkedOptions(args, context)
    const server = serverOf(options)
    const findings = await examine(options, server, { features, fastAGI, signal: context.signal })
    const name = server === undefined ? (options.connect?.peer ?? 'the server') : nameOf(server)
    if (args.flag('json')) context.output.printJSON({ server: name, code: exitCode(findings), findings })
    else printReport(name, findings, context.output)
    return exitCode(findings)
  },
}

interface Asked {
  readonly features: Patient['features']
  readonly fastAGI: string | undefined
  readonly signal: AbortSignal
}

function exitCode(findings: readonly NamedFinding[]): ExitCode {
  const has = (verdict: NamedFinding['verdict']) => findings.some((finding) => finding.verdict === verdict)
  return has('wrong') ? 1 : has('unknown') ? 2 : 0
}

/** With every part of a URL in its option. @throws UsageError */
function checkedOptions(args: Arguments, context: Context): AMIClientOptions {
  try {
    return expandURL<AMIClientOptions>(connectionOptions(args, context), webSocketTransport)
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error })
  }
}

async function examine(options: AMIClientOptions, server: Server | undefined, asked: Asked): Promise<NamedFinding[]> {
  // Wrong options before the first packet. Each step is tried once.
  const ami = clientOf({ connectTimeoutMs: 5_000, ...options, reconnect: false })
  const found: NamedFinding[] = []
  try {
    if (server !== undefined) {
      for (const check of networkChecks(server)) {
        asked.signal.throwIfAborted()
        const findings = await findingsOf(check, server)
        found.push(...findings)
        if (findings.some(({ verdict }) => verdict === 'wrong')) return found
      }
    }
    const ownAddress = server === undefined ? undefined : (await probe(server, { listenMs: 0 })).ownAddress
    let booted: AMIEvent | undefined
    ami.onEvent('FullyBooted', (event) => {
      booted = event
    })
    const login = { check: 'login', ...(await logInAs(ami, options.username, ownAddress, asked.signal)) }
    found.push(login)
    if (login.verdict === 'wrong') return found
    const patient: Patient = { ami, username: options.username, mask: eventMask(options.events ?? true), ...asked, booted }
    const facts: Facts = await gatherFacts(patient)
    for (const check of accountChecks) found.push(...(await findingsOf(check, { facts, features: asked.features })))
    if (asked.fastAGI !== undefined) found.push({ check: 'fastagi', ...(await fastAGIFinding(patient, asked.fastAGI)) })
    return found
  } finally {
    await ami.close()
  }
}

async function findingsOf<Subject>({ name, run }: Check<Subject>, subject: Subject): Promise<NamedFinding[]> {
  const findings = await run(subject)
  return (Array.isArray(findings) ? findings : [findings]).map((finding) => ({ check: name, ...finding }))
}

function clientOf(options: AMIClientOptions): AMIClient {
  try {
    return new AMIClient(options)
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error })
  }
}
