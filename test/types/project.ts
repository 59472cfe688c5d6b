import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const programs = fileURLToPath(new URL('programs', import.meta.url))

/** How a user's project says what its modules are. */
export interface ModuleFormat {
  readonly name: string
  readonly options: { readonly module: string; readonly moduleResolution?: string }
  /** `type` of its package.json. */
  readonly type: 'module' | 'commonjs'
  /** The first TypeScript that it works with. */
  readonly since?: string
}

export const FORMATS: readonly ModuleFormat[] = [
  { name: 'node16', options: { module: 'node16' }, type: 'module' },
  { name: 'nodenext', options: { module: 'nodenext' }, type: 'module' },
  { name: 'nodenext, require', options: { module: 'nodenext' }, type: 'commonjs', since: '5.8' },
  { name: 'bundler', options: { module: 'esnext', moduleResolution: 'bundler' }, type: 'module' },
  { name: 'commonjs', options: { module: 'commonjs' }, type: 'commonjs' },
]

/** Programs that have the same globals. */
export interface Platform {
  /** Of its folder under `programs`. */
  readonly folder: string
  readonly options: { readonly lib: readonly string[]; readonly types: readonly string[] }
}

/** Neither has the library of `Symbol.dispose`: the declarations must bring it themselves. */
export const PLATFORMS: readonly Platform[] = [
  { folder: 'node', options: { lib: ['ES2022'], types: ['node'] } },
  { folder: 'web', options: { lib: ['ES2022', 'DOM'], types: [] } },
]

/** How many programs there are. */
export const PROGRAMS = PLATFORMS.flatMap(({ folder }) => readdirSync(join(programs, folder))).length

/** Writes a user's project: the built package, installed, and the programs. Gives its configuration files, one for each platform. */
export function writeProject(folder: string, typesOfNode: string, { options, type }: ModuleFormat): string[] {
  const modules = join(folder, 'node_modules')
  const installed = join(modules, 'obelus-asterisk')
  mkdirSync(join(modules, '@types'), { recursive: true })
  cpSync(join(root, 'package.json'), join(installed, 'package.json'))
  cpSync(join(root, 'dist'), join(installed, 'dist'), { recursive: true, filter: (path) => !/\.(js|map)$/.test(path) })
  symlinkSync(typesOfNode, join(modules, '@types', 'node'), 'junction')
  cpSync(programs, join(folder, 'programs'), { recursive: true })
  write(join(folder, 'package.json'), { private: true, type })
  return PLATFORMS.map((platform) => {
    const compilerOptions = {
      target: 'ES2022',
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      // With it, a type that is inferred but has no exported name is an error.
      declaration: true,
      outDir: `out/${platform.folder}`,
      rootDir: '.',
      ...options,
      ...platform.options,
    }
    const file = join(folder, `tsconfig.${platform.folder}.json`)
    write(file, { compilerOptions, include: [`programs/${platform.folder}`] })
    return file
  })
}

function write(file: string, value: object): void {
  writeFileSync(file, JSON.stringify(value))
}
