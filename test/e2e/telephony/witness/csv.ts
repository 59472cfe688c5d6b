import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'

/** A file that Asterisk appends to by `CSV_QUOTE`: every field in double quotes, a quote in it doubled. Each reading gives what is new. */
export class CSVLog {
  readonly #file: string
  #offset = 0
  #rest = ''

  constructor(file: string) {
    this.#file = file
  }

  read(): string[][] {
    if (!existsSync(this.#file)) return []
    const descriptor = openSync(this.#file, 'r')
    const bytes = Buffer.alloc(fstatSync(descriptor).size - this.#offset)
    this.#offset += readSync(descriptor, bytes, 0, bytes.length, this.#offset)
    closeSync(descriptor)
    const lines = (this.#rest + bytes.toString('latin1')).split('\n')
    this.#rest = lines.pop() ?? ''
    return lines.map(fieldsOf)
  }
}

function fieldsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)].map((match) => (match[1] ?? '').replaceAll('""', '"'))
}
