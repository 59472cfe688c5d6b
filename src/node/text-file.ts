import { readFileSync } from 'node:fs'

/** A file's text. @throws the system's error when it cannot be read. */
export function readTextFile(file: string | URL): string {
  return readFileSync(file, 'utf8')
}
