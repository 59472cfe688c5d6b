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
