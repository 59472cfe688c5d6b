import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Release } from './entries.js'

/** One `core-en_US.xml` and the release that it belongs to. */
export interface Source {
  readonly release: Release
  readonly file: string
}

/** Reads `22=path/core-en_US.xml`, or a path inside of an installation of Asterisk. @throws Error when the release cannot be told. */
export function sourceOf(argument: string): Source {
  const given = /^(\d+)=(.+)$/s.exec(argument)
  const file = given?.[2] ?? argument
  if (!existsSync(file)) throw new Error(`${file}: there is no such file`)
  const release = given === null ? installedRelease(file) : Number(given[1])
  if (release === undefined) {
    throw new Error(`${file}: the release is not known, as no usr/sbin/asterisk lies beside it; say it, as in 22=${file}`)
  }
  return { release, file }
}

/** `usr/share/asterisk/documentation` and `usr/sbin/asterisk` share a root; the program holds its version as a text of its own. */
function installedRelease(file: string): Release | undefined {
  for (let folder = dirname(resolve(file)); dirname(folder) !== folder; folder = dirname(folder)) {
    const program = [join(folder, 'usr/sbin/asterisk'), join(folder, 'sbin/asterisk')].find(existsSync)
    if (program !== undefined) return programRelease(readFileSync(program, 'latin1'))
  }
  return undefined
}

function programRelease(program: string): Release | undefined {
  const versions = [...program.matchAll(/\0(\d+)\.\d+\.\d+(?:[~+-][\w.~+-]*)?(?=\0)/g)].map((match) => Number(match[1]))
  // The version of AMI lies there too, and is the lower one (5 in 16, 11 in 22).
  return versions.length === 0 ? undefined : Math.max(...versions)
}
