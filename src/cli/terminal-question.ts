import { createInterface } from 'node:readline/promises'

/** Asks at the terminal; anything but y or yes is a no. */
export async function confirmAtTerminal(question: string): Promise<boolean> {
  const { stdin, stderr } = process
  const lines = createInterface({ input: stdin, output: stderr })
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim())
  } finally {
    lines.close()
  }
}
