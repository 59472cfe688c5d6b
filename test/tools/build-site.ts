/**
 * `npm run docs [folder]`: one site of the guides and the API reference, which is searched without a server. A warning is an error. Typedoc, and the
 * TypeScript that it supports, are kept in a cache folder.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import manifest from '../../package.json' with { type: 'json' }
import { installIntoCache } from '../support/npm-cache.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const modules = await installIntoCache('typedoc', 'typedoc@0.28.20', 'typescript@5.9')
const areas = readdirSync(join(root, 'src'))
const guides = areas.flatMap((area) => [join(root, 'src', area, 'README.md'), join(root, 'src', area, 'REFERENCE.md')])
const options = {
  name: `obelus-asterisk ${manifest.version}`,
  out: resolve(root, process.argv[2] ?? 'site'),
  tsconfig: join(root, 'src/tsconfig.json'),
  basePath: root,
  readme: join(root, 'README.md'),
  projectDocuments: [
    ...guides,
    ...['src/README.md', 'src/MIGRATING.md', 'examples/README.md'].map((page) => join(root, page)),
  ].filter((page) => existsSync(page)),
  entryPoints: Object.values(manifest.exports).flatMap((target) =>
    typeof target === 'string' ? [] : join(root, target.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts')),
  ),
  highlightLanguages: ['typescript', 'javascript', 'ini', 'sh', 'console', 'json', 'mermaid', 'yaml', 'sql'],
  searchInDocuments: true,
  searchInComments: true,
  disableSources: true,
  treatWarningsAsErrors: true,
}
const folder = mkdtempSync(join(tmpdir(), 'obelus-site-'))
try {
  const file = join(folder, 'typedoc.json')
  writeFileSync(file, JSON.stringify(options))
  const { status } = spawnSync(process.execPath, [join(modules, 'typedoc/bin/typedoc'), '--options', file], {
    cwd: root,
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
