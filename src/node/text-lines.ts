/** Cuts text into lines. What a line costs grows with its length, however many pieces it comes in. */
export class TextLines {
  #waiting: string[] = []

  /** Adds what came; gives the lines that are whole now, without their LF. */
  push(text: string): readonly string[] {
    const [first = '', ...others] = text.split('\n')
    this.#waiting.push(first)
    const rest = others.pop()
    if (rest === undefined) return []
    const lines = [this.#waiting.join(''), ...others]
    this.#waiting = [rest]
    return lines
  }
}
