import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const src = fileURLToPath(new URL('../src', import.meta.url))
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.replaceAll('\\', '/'))
const textOf = (file: string) => readFileSync(join(src, file), 'utf8')
const codeOf = (file: string) => textOf(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
const importsOf = (file: string) =>
  [...codeOf(file).matchAll(/^(?:(?:import|export) .*|\}) from '([^']+)'/gm)].map((match) => match[1] as string)
const targetOf = (file: string, path: string) =>
  relative(src, join(src, dirname(file), path))
    .replaceAll('\\', '/')
    .replace(/\.js$/, '.ts')
const roomOf = (file: string) => {
  if (file.startsWith('catalog/generate/')) return 'generator'
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : 'entry'
}
/** The generator is a tool: it reads and writes files, and is not part of the package. */
const product = files.filter((file) => roomOf(file) !== 'generator')

/** Which rooms a room may import from. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  catalog: [],
  generator: [],
  ami: ['core', 'catalog'],
  agi: ['core', 'catalog'],
  calls: ['core', 'catalog', 'ami'],
  node: ['core', 'ami', 'agi'],
  web: ['core', 'ami', 'agi'],
  testing: ['core', 'catalog', 'ami', 'agi', 'node', 'web'],
  entry: ['core', 'catalog', 'ami', 'agi', 'calls', 'node', 'web'],
}

/** AsyncAGI is AGI over the manager connection. */
const OVER_AMI = /^agi\/async-agi-/

/** The files of `ami`, `agi` and `calls` that drive: they own timers, chance and queues, so that no other file needs to. */
const DRIVERS = new Set([
  'ami/action-queue.ts',
  'ami/client.ts',
  'ami/connection.ts',
  'ami/entropy.ts',
  'ami/event-hub.ts',
  'ami/keep-alive.ts',
  'ami/options.ts',
  'ami/session.ts',
  'ami/status.ts',
  'ami/subscriptions.ts',
  'ami/system-clock.ts',
  'calls/call-manager.ts',
  'calls/call.ts',
])
const sansIO = files.filter((file) => ['core', 'catalog', 'ami', 'agi', 'calls'].includes(roomOf(file)) && !DRIVERS.has(file))
const FORBIDDEN =
  /\b(setTimeout|setInterval|setImmediate|performance|process|Buffer|WebSocket|fetch|crypto)\b|\bnew Date\b|\bDate\.|\bMath\.random\b|\bnew Promise\b(?!.*\bHandler\b)/

describe('architecture', () => {
  it.each(files)('%s imports only from where its room may', (file) => {
    const room = roomOf(file)
    const foreign = importsOf(file)
      .filter((path) => path.startsWith('.'))
      .map((path) => roomOf(targetOf(file, path)))
      .filter((target) => target !== room && !ARROWS[room]?.includes(target) && !(target === 'ami' && OVER_AMI.test(file)))
    expect(foreign).toEqual([])
  })

  it('has no cycles, type-only imports included', () => {
    const done = new Set<string>()
    const visit = (file: string, path: readonly string[]) => {
      expect(path, `a cycle: ${[...path, file].join(' -> ')}`).not.toContain(file)
      if (done.has(file)) return
      for (const target of importsOf(file).filter((each) => each.startsWith('.'))) visit(targetOf(file, target), [...path, file])
      done.add(file)
    }
    for (const file of files) visit(file, [])
  })

  it.each(sansIO)('%s is sans I/O: no socket, timer, date or chance', (file) => {
    const own =
      file === 'core/handler.ts' || file === 'core/deferred.ts' ? codeOf(file).replaceAll('new Promise', '') : codeOf(file)
    expect(own.match(FORBIDDEN)?.[0]).toBeUndefined()
  })

  it.each(product.filter((file) => roomOf(file) !== 'node'))('%s has no node: import', (file) => {
    expect(importsOf(file).filter((path) => path.startsWith('node:'))).toEqual(
      file === 'testing/fake-asterisk.ts' ? expect.any(Array) : [],
    )
  })

  it('only eventemitter3 and p-queue are needed at run time', () => {
    const packages = new Set(product.flatMap(importsOf).filter((path) => !path.startsWith('.') && !path.startsWith('node:')))
    // mock-socket only where it is installed.
    packages.delete('mock-socket')
    expect([...packages].sort()).toEqual(['eventemitter3', 'p-queue'])
  })

  it('nothing prints, and nothing hides behind any', () => {
    for (const file of product)
      expect(`${file}: ${codeOf(file).match(/\bconsole\.|\bas any\b|: any\b|@ts-ignore|biome-ignore/)?.[0]}`).toBe(
        `${file}: undefined`,
      )
  })

  it('every test file is about a folder of src', () => {
    const rooms = new Set([
      ...Object.keys(ARROWS),
      'e2e',
      'runtimes',
      'types',
      'bench',
      'tools',
      'support',
      'fixtures',
      'examples',
    ])
    const tests = readdirSync(fileURLToPath(new URL('.', import.meta.url)), { withFileTypes: true })
    for (const entry of tests) if (entry.isDirectory()) expect(rooms).toContain(entry.name)
  })
})
