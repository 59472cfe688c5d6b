import type { AGIArgument } from '../catalog/values.js'
import type { TextCodec } from '../core/text-codec.js'
import { AGIInvalidCommandError } from './errors.js'

/** A line of Asterisk's buffer without its LF: 2,046 bytes on 16, 8,190 on 22 (`MAX_COMMAND_LEN` in `res/res_agi.c`; verified on both). */
export const MAX_COMMAND_BYTES = 2046
/** Words of a command (`MAX_ARGS` in `include/asterisk/agi.h`; more are not checked when they are quoted, and overrun). */
export const MAX_COMMAND_WORDS = 127

/**
 * A command as Asterisk reads it back: its words as they are, each argument in quotes. An argument that is undefined ends the list.
 *
 * @throws AGIInvalidCommandError for CR, LF or NUL, for what the encoding lacks, and for a line or a number of words beyond Asterisk's.
 */
export function encodeCommand(
  words: string,
  args: readonly (AGIArgument | undefined)[],
  codec: TextCodec,
  maxBytes: number = MAX_COMMAND_BYTES,
): Uint8Array {
  const command = words.trim()
  // A line that begins so ends the session with AGISTATUS=FAILURE.
  if (!/^[a-z][\w ]*$/i.test(command) || /^failure/i.test(command)) {
    throw new AGIInvalidCommandError(`${JSON.stringify(words)} is no AGI command: it must be words, as in GET VARIABLE`)
  }
  const given = givenArguments(command, args)
  if (command.split(/ +/).length + given.length > MAX_COMMAND_WORDS) {
    throw new AGIInvalidCommandError(
      `${command} has more than ${MAX_COMMAND_WORDS} words, which is all that Asterisk takes`,
      command,
    )
  }
  const line = [command, ...given.map((each, at) => quote(command, each, at + 1))].join(' ')
  const bytes = codec.encode(`${line}\n`)
  if (bytes === undefined)
    throw new AGIInvalidCommandError(`an argument of ${command} holds characters that ${codec.encoding} does not have`, command)
  if (bytes.length - 1 > maxBytes) {
    throw new AGIInvalidCommandError(
      `${command} takes ${bytes.length - 1} bytes; Asterisk reads ${maxBytes} and would run the rest as commands of their own`,
      command,
    )
  }
  return bytes
}

function givenArguments(command: string, args: readonly (AGIArgument | undefined)[]): AGIArgument[] {
  const end = args.indexOf(undefined)
  const given = args.slice(0, end < 0 ? args.length : end) as AGIArgument[]
  const gap = args.findIndex((each, at) => at >= given.length && each !== undefined)
  if (gap >= 0)
    throw new AGIInvalidCommandError(`argument ${given.length + 1} of ${command} is missing, and a later one is given`, command)
  return given
}

function quote(command: string, value: AGIArgument, position: number): string {
  if (typeof value !== 'string' && !Number.isFinite(value)) {
    throw new AGIInvalidCommandError(
      `argument ${position} of ${command} must be a string or a number, not ${String(value)}`,
      command,
    )
  }
  const text = String(value)
  // CR would do no harm, but one at the end of a line is no part of what was meant.
  const found = ['\r', '\n', '\0'].find((each) => text.includes(each))
  if (found !== undefined) {
    const name = { '\r': 'CR', '\n': 'LF', '\0': 'NUL' }[found]
    throw new AGIInvalidCommandError(`argument ${position} of ${command} holds ${name}, which AGI has no way to express`, command)
  }
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}
