/**
 * `npm run generate -- FILE…`: writes `src/catalog` from the `core-en_US.xml` of one or more releases of Asterisk. `22=FILE` says the release
 * of a file that lies outside of an installation; `--out FOLDER` writes elsewhere.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { catalogOf } from './catalog.js'
import { CORRECTIONS } from './corrections.js'
import { readDocumentation } from './documentation.js'
import type { Documentation, Release } from './entries.js'
import { catalogFiles } from './files.js'
import { sourceOf } from './release.js'

const USAGE = 'usage: npm run generate -- [--out FOLDER] [RELEASE=]path/to/core-en_US.xml …'

function generate(arguments_: readonly string[]): void {
  const { values, positionals } = parseArgs({
    args: [...arguments_],
    allowPositionals: true,
    options: { out: { type: 'string' } },
  })
  if (positionals.length === 0) throw new Error(USAGE)
  const catalog = catalogOf(readAll(positionals), CORRECTIONS)
  const folder = values.out ?? fileURLToPath(new URL('..', import.meta.url))
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of catalogFiles(catalog)) writeFileSync(join(folder, name), text)
  const { releases, actions, events, agiCommands } = catalog
  console.log(
    `Asterisk ${releases.join(' | ')}: ${actions.length} actions, ${events.length} events, ${agiCommands.length} AGI commands in ${folder}`,
  )
}

function readAll(arguments_: readonly string[]): ReadonlyMap<Release, Documentation> {
  const documentations = new Map<Release, Documentation>()
  for (const argument of arguments_) {
    const { release, file } = sourceOf(argument)
    if (documentations.has(release)) throw new Error(`${file}: Asterisk ${release} is given twice`)
    try {
      documentations.set(release, readDocumentation(readFileSync(file)))
    } catch (error) {
      throw new Error(`${file}: ${(error as Error).message}`, { cause: error })
    }
  }
  return documentations
}

try {
  generate(process.argv.slice(2))
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
