import type { Command } from '../command.js'
import { COMMANDS } from '../command-table.js'
import { UsageError } from '../usage-error.js'

const SHELLS: Readonly<Record<string, (options: ReadonlyMap<string, readonly string[]>) => string[]>> = { bash, zsh }

export const completion: Command = {
  usage: 'bash|zsh',
  description: ['Prints what makes the shell complete the commands and options of obelus.'],
  options: {},
  examples: [
    'source <(obelus completion bash)   # in ~/.bashrc',
    'source <(obelus completion zsh)    # in ~/.zshrc, behind compinit',
  ],
  async run(args, { output }) {
    const [shell = ''] = args.take('bash or zsh')
    const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined
    if (script === undefined) throw new UsageError('there is a completion for bash and for zsh')
    const options = new Map<string, readonly string[]>()
    for (const [name, { load }] of Object.entries(COMMANDS))
      options.set(
        name,
        [...Object.keys((await load()).options), 'help'].map((option) => `--${option}`),
      )
    for (const line of script(options)) output.print(line)
    return 0
  },
}

function bash(options: ReadonlyMap<string, readonly string[]>): string[] {
  return [
    '_obelus() {',
    `  local word="\${COMP_WORDS[COMP_CWORD]}" words=""`,
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    words="${[...options.keys()].join(' ')} --help --version"`,
    '  else',
    `    case "\${COMP_WORDS[1]}" in`,
    ...[...options].map(([name, each]) => `      ${name}) words="${each.join(' ')}" ;;`),
    '    esac',
    '  fi',
    '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
    '}',
    'complete -o default -F _obelus obelus',
  ]
}

function zsh(options: ReadonlyMap<string, readonly string[]>): string[] {
  const commands = Object.entries(COMMANDS).map(([name, { summary }]) => `    '${name}:${summary.replaceAll("'", "'\\''")}'`)
  return [
    '#compdef obelus',
    '_obelus() {',
    '  local -a commands',
    '  commands=(',
    ...commands,
    '  )',
    '  if (( CURRENT == 2 )); then',
    "    _describe 'command' commands",
    '    return',
    '  fi',
    `  case "\${words[2]}" in`,
    ...[...options].map(([name, each]) => `    ${name}) compadd -- ${each.join(' ')} ;;`),
    '  esac',
    '  _files',
    '}',
    'compdef _obelus obelus',
  ]
}
