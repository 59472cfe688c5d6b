import { createRequire } from 'node:module'

/** A package that not everybody has. @throws what the package throws when it is there. */
export function requireIfInstalled<Package>(name: string): Package | undefined {
  const require = createRequire(import.meta.url)
  try {
    return require(name) as Package
  } catch (error) {
    if ((error as { code?: string }).code === 'MODULE_NOT_FOUND' && String(error).includes(`'${name}'`)) return undefined
    throw error
  }
}
