const END = '--END COMMAND--'
const HEADERS = ['response:', 'privilege:', 'actionid:', 'message:']

/**
 * Parts a `Response: Follows` message, as Asterisk up to 13 answered `Command`: header lines that end in CR LF, then the
 * command's own lines that end in LF, then `--END COMMAND--`.
 */
export function splitFollows(text: string): { headers: string; output: string[] } {
  let body = 0
  for (;;) {
    const end = text.indexOf('\r\n', body)
    const line = text.slice(body, end).toLowerCase()
    if (end < 0 || !HEADERS.some((header) => line.startsWith(header))) break
    body = end + 2
  }
  const end = text.lastIndexOf(END)
  const output = text.slice(body, end < body ? undefined : end)
  return { headers: text.slice(0, body), output: (output.endsWith('\n') ? output.slice(0, -1) : output).split('\n') }
}
