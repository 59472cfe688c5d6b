// Packs the package, installs the tarball into an empty folder, and uses every path of `exports` from there: it must import and require, and its
// types must resolve, as a program on Node would do it and as a bundler would (`npm run test:types` asks more compilers).
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { name, version, bin, exports, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const paths = Object.keys(exports)
  .filter((path) => !path.endsWith('.json'))
  .map((path) => name + path.slice(1))
const folder = mkdtempSync(join(tmpdir(), 'obelus-package-'))

try {
  run(root, 'npx', ['publint', '--strict'])
  const tarball = run(root, 'npm', ['pack', '--silent', '--pack-destination', folder]).trim().split('\n').at(-1)
  write('package.json', { name: 'consumer', private: true, type: 'module' })
  const tools = ['typescript', '@types/node'].map((tool) => `${tool}@${devDependencies[tool]}`)
  run(folder, 'npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefer-offline', join(folder, tarball), ...tools])

  for (const path of paths) {
    for (const [format, module] of Object.entries({ module: `await import('${path}')`, commonjs: `require('${path}')` })) {
      const names = run(folder, process.execPath, [`--input-type=${format}`, '-e', `console.log(Object.keys(${module}).length)`])
      if (Number(names) === 0) throw new Error(`${path} exports nothing (${format})`)
    }
  }
  for (const command of Object.keys(bin)) {
    const said = run(folder, join(folder, 'node_modules', '.bin', command), ['--version']).trim()
    if (said !== version) throw new Error(`${command} --version says ${said}, not ${version}`)
  }
  // With one command, npx finds it by the package's name.
  const said = run(folder, 'npx', ['--no-install', name, '--version']).trim()
  if (said !== version) throw new Error(`npx ${name} --version says ${said}, not ${version}`)
  writeFileSync(
    join(folder, 'all.ts'),
    paths.map((path, index) => `import * as m${index} from '${path}'\nexport { m${index} }\n`).join(''),
  )
  writeFileSync(
    join(folder, 'protocol.ts'),
    `import { AMIProtocol } from '${name}/protocol'\nexport const protocol = new AMIProtocol()\n`,
  )
  typeCheck('NodeNext on Node', { module: 'NodeNext' }, 'all.ts')
  typeCheck('a bundler', { module: 'ESNext', moduleResolution: 'Bundler' }, 'all.ts')
  typeCheck('a browser', { module: 'ESNext', moduleResolution: 'Bundler', lib: ['ES2023', 'DOM'] }, 'protocol.ts')
  const files = run(root, 'npm', ['pack', '--dry-run', '--json', '--silent'])
  const [{ size, entryCount }] = JSON.parse(files)
  console.log(
    `package: ${paths.length} export paths import and resolve; ${entryCount} files, ${Math.round(size / 1024)} KiB packed`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function typeCheck(consumer, options, file) {
  const compilerOptions = {
    target: 'ES2023',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    exactOptionalPropertyTypes: true,
    // The default of TypeScript 6 and later: the package itself says where it needs the types of Node.
    types: [],
    ...options,
  }
  write('tsconfig.json', { compilerOptions, files: [file] })
  try {
    run(folder, process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc')])
  } catch (error) {
    throw new Error(`The types do not resolve for ${consumer}:\n${error.stdout}`)
  }
}

function write(file, value) {
  writeFileSync(join(folder, file), JSON.stringify(value))
}

function run(cwd, command, args) {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}
