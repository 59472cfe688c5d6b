import type { AGIArgument } from '../catalog/values.js'
import { AGIInvalidCommandError } from './errors.js'

/**
 * The arguments of a subroutine as one text. Asterisk separates them at the commas and takes nothing away (`AST_STANDARD_RAW_ARGS`), so that nothing
 * can be escaped either.
 *
 * @throws AGIInvalidCommandError where it would read back others.
 */
export function joinRawArguments(command: string, args: readonly AGIArgument[]): string {
  const texts = args.map(String)
  const joined = texts.join(',')
  const read = separateRaw(joined)
  const wrong = texts.findIndex((text, at) => read[at] !== text)
  if (wrong >= 0)
    throw new AGIInvalidCommandError(
      `${command} cannot carry argument ${wrong + 1}: of a comma, an open quote or bracket and a backslash at its end Asterisk makes other arguments; set a variable instead`,
      command,
    )
  return joined
}

/** What Asterisk makes of such a text (`__ast_app_separate_args` in `main/app.c`): a comma separates outside of quotes and brackets. */
function separateRaw(text: string): string[] {
  const separated: string[] = []
  let begin = 0
  let isQuoted = false
  const open = { '(': 0, '[': 0 }
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (character === '(' || character === '[') open[character] += 1
    else if (character === ')') open['('] = Math.max(0, open['('] - 1)
    else if (character === ']') open['['] = Math.max(0, open['['] - 1)
    else if (character === '"') isQuoted = !isQuoted
    // It hides what comes next; at the end, Asterisk reads on behind the text.
    else if (character === '\\') at += 1
    else if (character === ',' && !isQuoted && open['('] === 0 && open['['] === 0) {
      separated.push(text.slice(begin, at))
      begin = at + 1
    }
    if (at >= text.length) return separated
  }
  return [...separated, text.slice(begin)]
}
