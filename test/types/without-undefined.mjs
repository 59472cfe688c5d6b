// Reads the built declarations: which optional members can a user who compiles with exactOptionalPropertyTypes not set to undefined? Prints one
// line for each.
//     node test/types/without-undefined.mjs FOLDER-OF-TYPESCRIPT ENTRY.d.ts …
// TypeScript 7 has no API to read declarations with, so this is run with an older one.
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { argv } from 'node:process'

const [folder, ...entries] = argv.slice(2)
const ts = createRequire(import.meta.url)(folder)
const options = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, types: ['node'], strict: true }
const program = ts.createProgram(entries, { ...options, exactOptionalPropertyTypes: true })
const checker = program.getTypeChecker()
const dist = `${dirname(entries[0]).replaceAll('\\', '/')}/`
/** What a server sends: nobody has to write it. */
const OUTPUT = ['catalog/events.d.ts', 'catalog/values.d.ts', 'ami/messages/typed-names.d.ts']

for (const file of program.getSourceFiles()) {
  const name = file.fileName.startsWith(dist) ? file.fileName.slice(dist.length) : undefined
  if (name !== undefined && !OUTPUT.includes(name)) for (const line of withoutUndefined(file)) console.log(`${name}: ${line}`)
}

function* withoutUndefined(node) {
  if (isOptional(node) && node.type !== undefined && !takesUndefined(node.type)) yield node.getText()
  // Partial<…> adds no undefined to the types of its members.
  if (ts.isTypeReferenceNode(node) && ['Partial', 'Pick'].includes(node.typeName.getText()) && !isComplete(node))
    yield node.getText()
  const inside = []
  ts.forEachChild(node, (child) => void inside.push(child))
  // What a function returns nobody has to write.
  for (const child of inside) if (!(ts.isFunctionLike(node) && child === node.type)) yield* withoutUndefined(child)
}

/** Members only: a parameter that may be left out takes undefined anyway. */
function isOptional(node) {
  return (
    (ts.isPropertySignature(node) || ts.isPropertyDeclaration(node) || ts.isMappedTypeNode(node)) &&
    node.questionToken !== undefined &&
    node.questionToken.kind !== ts.SyntaxKind.MinusToken
  )
}

function takesUndefined(type) {
  const { flags, types = [] } = checker.getTypeFromTypeNode(type)
  const open = ts.TypeFlags.Undefined | ts.TypeFlags.Any | ts.TypeFlags.Unknown
  return (flags & open) !== 0 || types.some((each) => (each.flags & open) !== 0)
}

/** Whether each member that the type makes optional takes undefined. */
function isComplete(node) {
  const members = checker.getTypeFromTypeNode(node).getProperties()
  return members.every((member) => {
    const optional = (member.flags & ts.SymbolFlags.Optional) !== 0
    return !optional || checker.typeToString(checker.getTypeOfSymbol(member)).includes('undefined')
  })
}
