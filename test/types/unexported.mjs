// Reads the built declarations: which types does a public signature use that its entry does not export? Prints one line for each.
//     node test/types/unexported.mjs FOLDER-OF-TYPESCRIPT ENTRY.d.ts …
// TypeScript 7 has no API to read declarations with, so this is run with an older one.
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { argv } from 'node:process'

const [folder, ...entries] = argv.slice(2)
const ts = createRequire(import.meta.url)(folder)
const program = ts.createProgram(entries, { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, types: ['node'] })
const checker = program.getTypeChecker()
const dist = `${dirname(entries[0]).replaceAll('\\', '/')}/`

/** Those that other runtimes have by themselves. */
const STAND_ALONE = ['protocol.d.ts', 'web/index.d.ts']
/** What the others build on: a program that imports one of them has of these what it hands over. */
const BUILT_ON = [entries[0], ...entries.filter((entry) => entry.endsWith('/live/index.d.ts'))]

for (const entry of entries) for (const line of unexported(entry)) console.log(line)

function* unexported(entry) {
  const exported = exportsOf(entry)
  const isAlone = STAND_ALONE.includes(entry.slice(dist.length))
  const known = new Set([...exported.keys(), ...(isAlone ? [] : BUILT_ON.flatMap((each) => [...exportsOf(each).keys()]))])
  /** `AMIClient` of this entry, where a signature says that of `ami/client`, which it extends. */
  const bases = new Set([...exported.keys()].flatMap((symbol) => ancestorsOf(symbol).filter(({ name }) => name === symbol.name)))
  const reported = new Set()
  for (const [symbol, asExported] of exported) {
    for (const { used, by } of usesOf(symbol, isTypeOnly(asExported))) {
      if (known.has(used) || bases.has(used) || reported.has(used)) continue
      reported.add(used)
      const file = used.declarations[0].getSourceFile().fileName.slice(dist.length)
      yield `${entry.slice(dist.length)}: ${used.name} of ${file}, used by ${by}`
    }
  }
}

/** What a module exports, by what it is where it is declared. */
function exportsOf(entry) {
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry))
  return new Map(checker.getExportsOfModule(module).map((symbol) => [target(symbol), symbol]))
}

/** The types of ours that the declarations of a symbol use, those that it inherits too. */
function* usesOf(symbol, isTypeOnly) {
  let hasConstructor = isTypeOnly
  for (const each of [symbol, ...ancestorsOf(symbol)]) {
    for (const part of each.declarations.flatMap(partsOf)) {
      if (isPrivate(part) || (ts.isConstructorDeclaration(part) && hasConstructor)) continue
      yield* usesIn(
        part,
        ts.isClassElement(part) || ts.isTypeElement(part) ? `${symbol.name}.${part.name?.getText()}` : symbol.name,
      )
    }
    hasConstructor ||= each.members?.has(ts.InternalSymbolName.Constructor) ?? false
  }
}

/** What a declaration consists of; of a class or interface without what it extends, but with the arguments of that. */
function partsOf(declaration) {
  const { members, typeParameters = [] } = declaration
  return members === undefined
    ? [declaration]
    : [...members, ...typeParameters, ...extended(declaration).flatMap(({ typeArguments = [] }) => typeArguments)]
}

function* usesIn(node, by) {
  const name = ts.isTypeReferenceNode(node)
    ? node.typeName
    : ts.isTypeQueryNode(node)
      ? node.exprName
      : ts.isImportTypeNode(node)
        ? node.qualifier
        : undefined
  if (name !== undefined) {
    const used = target(checker.getSymbolAtLocation(name))
    if (!(used.flags & ts.SymbolFlags.TypeParameter) && isOurs(used)) yield { used, by }
  }
  const inside = []
  ts.forEachChild(node, (child) => void inside.push(child))
  for (const child of inside) yield* usesIn(child, by)
}

/** What it extends, and what that does: a class that is not exported lends its members to those that are. */
function ancestorsOf(symbol) {
  const parents = symbol.declarations.flatMap(extended).map(({ expression }) => target(checker.getSymbolAtLocation(expression)))
  return parents.filter(isOurs).flatMap((parent) => [parent, ...ancestorsOf(parent)])
}

function extended({ heritageClauses = [] }) {
  return heritageClauses.flatMap(({ types }) => types)
}

function isPrivate(part) {
  return (
    (ts.getCombinedModifierFlags(part) & ts.ModifierFlags.Private) !== 0 ||
    (part.name !== undefined && ts.isPrivateIdentifier(part.name))
  )
}

function isTypeOnly(symbol) {
  return symbol.declarations.some(
    (declaration) => ts.isExportSpecifier(declaration) && ts.isTypeOnlyExportDeclaration(declaration),
  )
}

function isOurs(symbol) {
  return symbol.declarations?.some((declaration) => declaration.getSourceFile().fileName.startsWith(dist)) ?? false
}

function target(symbol) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
}
