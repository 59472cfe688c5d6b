import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const { packages } = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as {
  packages: Readonly<Record<string, LockedPackage>>
}

/** Whether a package that is installed at `path` finds `name`: beside it, or beside a folder above it. */
function finds(path: string, name: string): boolean {
  if (`${path === '' ? '' : `${path}/`}node_modules/${name}` in packages) return true
  if (path === '') return false
  const above = path.lastIndexOf('/node_modules/')
  return finds(above === -1 ? '' : path.slice(0, above), name)
}

// npm leaves out the packages of other platforms when it writes the file beside an existing node_modules; `npm ci` then fails.
it('the lock file has every package that one in it needs, the optional ones of other platforms too', () => {
  const missing = Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !finds(path, name))
      .map((name) => `${path || 'the project'} needs ${name}`),
  )
  expect(missing).toEqual([])
})
