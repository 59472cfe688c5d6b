import { readFileSync } from 'node:fs'

const folder = new URL('./board/', import.meta.url)
const TYPES = { html: 'text/html', css: 'text/css', js: 'text/javascript' } as const

/** The page asks its own server only, runs no script but its own, and stands in no frame. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

export interface BoardFile {
  readonly type: string
  readonly policy: string
  readonly body: Buffer
}

/** The files of the board by their path; the page itself has none. */
export function boardFiles(): ReadonlyMap<string, BoardFile> {
  const file = (name: string, type: keyof typeof TYPES): BoardFile => ({
    type: `${TYPES[type]}; charset=utf-8`,
    policy: POLICY,
    body: readFileSync(new URL(name, folder)),
  })
  return new Map([
    ['', file('board.html', 'html')],
    ['board.css', file('board.css', 'css')],
    ['board.js', file('board.js', 'js')],
    ['texts.js', file('texts.js', 'js')],
  ])
}
