/** Rows that tests fill in any order, and that are printed in the order of the plays. */
export class Table {
  readonly #columns: readonly string[]
  readonly #cells = new Map<string, Map<string, string>>()

  constructor(rows: readonly string[], columns: readonly string[]) {
    this.#columns = columns
    for (const row of rows) this.#cells.set(row, new Map())
  }

  set(row: string, column: string, text: string): void {
    this.#cells.get(row)?.set(column, text)
  }

  /** A line a row; what is the same in all columns stands once. Rows without a cell are left out. */
  toString(): string {
    const lines: string[] = []
    for (const [row, cells] of this.#cells) {
      if (cells.size === 0) continue
      const texts = this.#columns.map((column) => cells.get(column) ?? 'not played')
      const isOne = new Set(texts).size === 1
      lines.push(
        `${row}\n    ${isOne ? `${this.#columns.join(', ')}: ${texts[0]}` : texts.map((text, at) => `${this.#columns[at]}: ${text}`).join('\n    ')}`,
      )
    }
    return lines.join('\n')
  }
}
