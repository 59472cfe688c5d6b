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
/** A room is a folder of `src`; `ami` is three. A file beside the folders is an entry. */
const ROOMS_OF_ROOMS = ['ami']
const roomOf = (file: string) => {
  if (file.startsWith('catalog/generate/')) return 'generator'
  const folders = file.split('/').slice(0, -1)
  return folders.slice(0, ROOMS_OF_ROOMS.includes(folders[0] ?? '') ? 2 : 1).join('/') || 'entry'
}
/** The generator is a tool: it reads and writes files, and is not part of the package. */
const product = files.filter((file) => roomOf(file) !== 'generator')

const AMI = ['ami/messages', 'ami/protocol', 'ami/client']

/** Which rooms a room may import from; rooms to come have their place already. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  catalog: [],
  generator: [],
  'ami/messages': ['core', 'catalog'],
  'ami/protocol': ['core', 'catalog', 'ami/messages'],
  'ami/client': ['core', 'catalog', 'ami/messages', 'ami/protocol'],
  agi: ['core', 'catalog'],
  calls: ['core', 'catalog', ...AMI],
  live: ['core', 'catalog', ...AMI, 'calls'],
  node: ['core', ...AMI, 'agi', 'calls', 'web'],
  web: ['core', 'catalog', ...AMI, 'agi', 'calls', 'live'],
  media: ['core', 'node'],
  metrics: ['core', ...AMI, 'agi', 'calls', 'live'],
  fleet: ['core', ...AMI, 'calls', 'live', 'node'],
  nats: ['core', ...AMI, 'calls', 'live', 'fleet'],
  gateway: ['core', ...AMI, 'calls', 'live', 'fleet', 'metrics'],
  testing: ['core', 'catalog', ...AMI, 'agi', 'calls', 'live', 'node', 'web', 'media', 'metrics', 'fleet'],
  cli: [
    'core',
    'catalog',
    ...AMI,
    'agi',
    'calls',
    'live',
    'node',
    'web',
    'media',
    'metrics',
    'fleet',
    'nats',
    'gateway',
    'testing',
  ],
  entry: ['core', 'catalog', ...AMI, 'agi', 'calls', 'node', 'web'],
}

/** AsyncAGI is AGI over the manager connection. */
const OVER_AMI = /^agi\/async-agi-/

/** The rooms without I/O: no socket, timer, date or chance. */
const SANS_IO = ['core', 'catalog', 'ami/messages', 'ami/protocol', 'agi', 'calls', 'live']
/** What drives in them: it owns timers, chance and queues, so that no other file needs to. */
const DRIVERS = new Set([
  'core/random-bytes.ts',
  'core/system-clock.ts',
  'calls/call-manager.ts',
  'calls/call.ts',
  'live/live-model.ts',
])
const sansIO = files.filter((file) => SANS_IO.includes(roomOf(file)) && !DRIVERS.has(file))
/** The rooms that run on Node.js only. */
const ON_NODE = ['node', 'media', 'fleet', 'nats', 'gateway', 'testing', 'cli']
const FORBIDDEN =
  /\b(setTimeout|setInterval|setImmediate|performance|process|Buffer|WebSocket|fetch|crypto)\b|\bnew Date\(\)|\bDate\.|\bMath\.random\b|\bnew Promise\b(?!.*\bHandler\b)/

describe('architecture', () => {
  it.each(files)('%s imports only from where its room may', (file) => {
    const room = roomOf(file)
    const foreign = importsOf(file)
      .filter((path) => path.startsWith('.'))
      .map((path) => roomOf(targetOf(file, path)))
      .filter((target) => target !== room && !ARROWS[room]?.includes(target) && !(AMI.includes(target) && OVER_AMI.test(file)))
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

  it.each(product.filter((file) => !ON_NODE.includes(roomOf(file))))('%s has no node: import', (file) => {
    expect(importsOf(file).filter((path) => path.startsWith('node:'))).toEqual([])
  })

  it('only eventemitter3 and p-queue are needed at run time', () => {
    const packages = new Set(product.flatMap(importsOf).filter((path) => !path.startsWith('.') && !path.startsWith('node:')))
    // mock-socket only where it is installed.
    packages.delete('mock-socket')
    expect([...packages].sort()).toEqual(['eventemitter3', 'p-queue'])
  })

  it('no error is made without a code, but for those that tell a program of its mistakes', () => {
    // Those never leave their files: limits of waits, a parser's, and a move of the connection that would be a bug.
    const inside = ['ami/client/connection-table.ts', 'ami/client/session.ts', 'testing/posix-pattern.ts', 'web/web-streams.ts']
    expect(product.filter((file) => /\bnew (?:Syntax)?Error\(/.test(codeOf(file))).sort()).toEqual(inside)
  })

  it.each(product.filter((file) => ['agi', 'calls', 'live'].includes(roomOf(file))))(
    '%s runs on a ManagerConnection, not on the client',
    (file) => {
      expect(importsOf(file).map((path) => targetOf(file, path))).not.toContain('ami/client/client.ts')
    },
  )

  it('nothing prints, and nothing hides behind any', () => {
    for (const file of product)
      expect(`${file}: ${codeOf(file).match(/\bconsole\.|\bas any\b|: any\b|@ts-ignore|biome-ignore/)?.[0]}`).toBe(
        `${file}: undefined`,
      )
  })

  it('every test file is about a folder of src', () => {
    const rooms = new Set([
      ...Object.keys(ARROWS).map((room) => room.split('/')[0]),
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
    // Programs of guides are compiled in folders whose names begin with a dot, at the same time.
    const folders = tests.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    for (const { name } of folders) expect(rooms).toContain(name)
  })
})
