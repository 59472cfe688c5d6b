import { Output, type Sink } from '../../src/cli/output.js'
import { runProgram } from '../../src/cli/program.js'
import type { Environment } from '../../src/node/client-environment.js'

/** What was printed, and who waits for some of it. */
class Paper implements Sink {
  readonly isTTY: boolean
  text = ''
  #look: () => void = () => undefined

  constructor(isTTY: boolean) {
    this.isTTY = isTTY
  }

  get lines(): string[] {
    return this.text.split('\n').slice(0, -1)
  }

  write(text: string): void {
    this.text += text
    this.#look()
  }

  /** Resolves with the first match, when it is there. */
  async shows(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.text)
      if (found !== null) return found[0]
      await new Promise<void>((resolve) => {
        this.#look = resolve
      })
    }
  }
}

/** `obelus` as somebody typed it, in this process. */
export class Typed {
  readonly stdout: Paper
  readonly stderr = new Paper(false)
  readonly code: Promise<number>
  /** What was asked. */
  readonly questions: string[] = []
  readonly #interruption = new AbortController()

  constructor(
    args: readonly string[],
    { env = {}, isTTY = false, answer }: { readonly env?: Environment; readonly isTTY?: boolean; readonly answer?: boolean } = {},
  ) {
    this.stdout = new Paper(isTTY)
    const confirm = async (question: string) => {
      this.questions.push(question)
      return answer === true
    }
    this.code = runProgram(args, {
      output: new Output(this.stdout, this.stderr, env),
      env,
      signal: this.#interruption.signal,
      confirm: answer === undefined ? undefined : confirm,
    })
  }

  /** As Ctrl-C does. */
  interrupt(): void {
    this.#interruption.abort()
  }
}

/** Runs it to its end. */
export async function typed(
  args: readonly string[],
  options?: ConstructorParameters<typeof Typed>[1],
): Promise<{ code: number; out: string; err: string }> {
  const command = new Typed(args, options)
  const code = await command.code
  return { code, out: command.stdout.text, err: command.stderr.text }
}
