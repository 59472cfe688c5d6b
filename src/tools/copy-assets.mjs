// What the compiler leaves: the files of the board, which browsers get as they are.
import { cpSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../..', import.meta.url)

export function copyAssets() {
  cpSync(fileURLToPath(new URL('src/gateway/board', root)), fileURLToPath(new URL('dist/gateway/board', root)), {
    recursive: true,
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) copyAssets()
