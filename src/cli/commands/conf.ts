import { randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import { quote } from '../../core/checks.js'
import type { Command } from '../command.js'
import { classesOf, FEATURES, featuresOf } from '../features.js'
import { UsageError } from '../usage-error.js'

/** 32 bytes: no list of words and no machine finds it. */
const SECRET_BYTES = 32

export const conf: Command = {
  usage: '--for FEATURE[,FEATURE …] [options]',
  description: [
    `Prints an account for manager.conf with the least rights that it takes for: ${Object.keys(FEATURES).join(', ')}. Each line is explained.`,
    'The secret is new each time. Put what is printed at the end of manager.conf, and run: asterisk -rx "manager reload".',
  ],
  options: {
    for: { type: 'string', value: 'FEATURES', help: `what the account is for: ${Object.keys(FEATURES).join(', ')}` },
    name: { type: 'string', value: 'NAME', help: 'the username; default: obelus' },
    permit: {
      type: 'string',
      multiple: true,
      value: 'NETWORK',
      help: 'from where it may log in, as 10.0.0.5 or 10.0.0.0/24; default: 127.0.0.1',
    },
    numbered: { type: 'boolean', help: 'also what numbers the events, so that missed ones can be counted' },
  },
  examples: ['obelus conf --for calls,live --name crm --permit 10.0.0.5'],
  async run(args, { output }) {
    args.take()
    const list = args.text('for')
    if (list === undefined)
      throw new UsageError(`--for is missing: ${Object.keys(FEATURES).join(', ')}, or several with commas between`)
    const features = featuresOf(list)
    const name = args.text('name') ?? 'obelus'
    if (!/^[\w.-]+$/.test(name) || name.toLowerCase() === 'general')
      throw new UsageError(`--name must be letters, digits, dots and dashes, and not general; not ${quote(name)}`)
    const networks = args.texts('permit').length === 0 ? ['127.0.0.1'] : args.texts('permit')
    const needs = (side: 'read' | 'write') => features.flatMap(([, feature]) => feature[side])
    const lines = [
      ...(args.flag('numbered') ? NUMBERED : []),
      '[general](+)',
      '; Each event says when it happened, and not only when it arrived.',
      'timestampevents = yes',
      '',
      `; For ${features.map(([each]) => each).join(', ')}.`,
      `[${name}]`,
      '; Long and by chance: nobody guesses it. In the program: the environment, never the source.',
      `secret = ${randomBytes(SECRET_BYTES).toString('base64url')}`,
      '; Nobody from anywhere, but for these.',
      'deny = 0.0.0.0/0.0.0.0',
      'deny = ::/0',
      ...networks.map((network) => `permit = ${withMask(network)}`),
      ...explained('read', 'Events it gets', needs('read')),
      ...explained('write', 'Actions it may send', needs('write')),
      '; How long Asterisk waits, in milliseconds, for a program that reads slowly, before it cuts the connection. Without this line: 100.',
      'writetimeout = 5000',
    ]
    for (const line of lines) output.print(line)
    return 0
  },
}

const NUMBERED = [
  '[general](+)',
  '; Every event has a number (and the place in the source that it comes from): a client counts what it missed. It holds for the whole server.',
  'debug = on',
  '',
]

function explained(key: 'read' | 'write', what: string, needs: Parameters<typeof classesOf>[0]): string[] {
  const classes = classesOf(needs)
  const why = classes.map((each) => {
    const reasons = needs.filter(({ classes: of }) => of.includes(each)).map((need) => need.for)
    return `;   ${each}: ${[...new Set(reasons)].join('; ')}`
  })
  return [`; ${what}${classes.length === 0 ? ': none.' : ':'}`, ...why, `${key} = ${classes.join(',')}`]
}

/** Asterisk reads a network as address/mask. @throws UsageError */
function withMask(network: string): string {
  const [address = '', bits, ...more] = network.split('/')
  const family = isIP(address)
  const most = family === 6 ? 128 : 32
  const isMask = bits !== undefined && family === 4 && isIP(bits) === 4
  const isLength = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most)
  if (family === 0 || more.length > 0 || !(isMask || isLength))
    throw new UsageError(`--permit takes an address or a network such as 10.0.0.0/24, not ${quote(network)}`)
  return `${address}/${bits ?? most}`
}
