import type { Command } from './command.js'
import type { CommandOptions } from './command-options.js'
import { COMMANDS } from './command-table.js'
import { columns } from './output.js'

/** What a terminal has, if nobody has made it wider. */
const WIDTH = 80

/** The list of all commands. */
export function overview(): string[] {
  return [
    "obelus: what a person at the terminal needs of Asterisk's Manager Interface",
    '',
    'obelus COMMAND [URL] [options]',
    '',
    ...columns(Object.entries(COMMANDS).map(([name, { summary }]) => [`  ${name}`, summary])),
    '',
    ...wrapped(
      'The URL is ami://username:secret@host, or amis:// for TLS. Without one AMI_URL is taken, or AMI_HOST, AMI_USERNAME and AMI_SECRET.',
    ),
    ...wrapped(
      'obelus COMMAND --help says more of a command. It exits with 0 when all is well, 1 when something failed, 2 when it cannot tell.',
    ),
  ]
}

/** What a command does, on one screen. */
export function helpOf(name: string, { usage, description, options, examples }: Command): string[] {
  return [
    `obelus ${name} ${usage}`.trimEnd(),
    '',
    ...wrapped(description.join(' ')),
    ...optionLines(options),
    '',
    examples.length === 1 ? 'Example:' : 'Examples:',
    ...examples.map((example) => `  ${example}`),
  ]
}

function optionLines(options: CommandOptions): string[] {
  const rows = Object.entries(options).map(([name, { value, help }]) => [
    `  --${name}${value === undefined ? '' : ` ${value}`}`,
    help,
  ])
  if (rows.length === 0) return []
  const indent = Math.max(...rows.map(([option = '']) => option.length)) + 2
  return ['', 'Options:', ...rows.flatMap(([option = '', help = '']) => wrapped(option.padEnd(indent) + help, indent))]
}

/** Text in lines that fit a terminal; all but the first are indented. */
function wrapped(text: string, indent = 0): string[] {
  const lines: string[] = []
  let rest = text
  while (rest.length > WIDTH) {
    const space = rest.lastIndexOf(' ', WIDTH)
    const at = space > indent ? space : WIDTH
    lines.push(rest.slice(0, at))
    rest = ' '.repeat(indent) + rest.slice(at).trimStart()
  }
  return [...lines, rest]
}
