/** What the tour prints. Colours only where a person looks. */
const colours = process.stdout.isTTY && process.env.NO_COLOR === undefined
const paint = (code: string) => (text: string) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text)
const bold = paint('1')
const dim = paint('2')
const green = paint('32')
const cyan = paint('36')
const red = paint('31')

let steps = 0

export function title(text: string): void {
  console.log(`\n${bold(text)}`)
}

export function step(what: string, code: string): void {
  steps += 1
  console.log(`\n${cyan(`${steps}`)} ${bold(what)}  ${dim(code)}`)
}

export function fact(name: string, text: string): void {
  console.log(`  ${green(name.padEnd(12))} ${text}`)
}

export function explain(text: string): void {
  console.log(`  ${dim(text)}`)
}

export function trouble(error: Error): void {
  console.error(`\n${red(error.name)} ${error.message}`)
}

/** A bar that grows with each call; without a terminal to draw on, nothing. */
export function progressBar(total: number): { advance(answered: boolean): void; end(): void } {
  const width = 40
  let done = 0
  let answered = 0
  const draw = () => {
    if (!process.stderr.isTTY) return
    const filled = Math.round((width * done) / Math.max(total, 1))
    process.stderr.write(`\r${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${done}/${total}, ${answered} answered `)
  }
  draw()
  return {
    advance(wasAnswered) {
      done += 1
      if (wasAnswered) answered += 1
      draw()
    },
    end() {
      if (process.stderr.isTTY) process.stderr.write('\n')
    },
  }
}
