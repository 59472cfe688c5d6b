import type { AMIAction } from '../../ami/protocol/action-reader.js'
import type { ConfigFile } from './fake-state.js'

interface Category {
  name: string
  lines: readonly (readonly [key: string, value: string])[]
}

/** A change that UpdateConfig asks for. */
export interface ConfigChange {
  readonly kind: string
  readonly category: string
  readonly key: string
  readonly value: string
  readonly match: string
  readonly line: string
}

/** What Asterisk says to changes that cannot be (`action_updateconfig` in `main/manager.c`, 16.28 and 22.10). */
const PROBLEM = {
  unknownAction: 'Unknown action command',
  noCategory: 'Category not specified',
  unknownCategory: 'Given category does not exist',
  argument: 'Problem with category, value, or line (if required)',
  newCategory: 'Create category did not complete successfully',
  update: 'Update did not complete successfully',
} as const

/** The change of this number in an UpdateConfig. */
export function changeOf(request: AMIAction, number: string): ConfigChange {
  const header = (name: string) => request.get(`${name}-${number}`) ?? ''
  return {
    kind: header('Action').toLowerCase(),
    category: header('Cat'),
    key: header('Var'),
    value: header('Value'),
    match: header('Match'),
    line: header('Line'),
  }
}

/** The categories of a file of settings while they are read or changed. */
export class ConfigCategories {
  #list: readonly Category[]

  private constructor(list: readonly Category[]) {
    this.#list = list
  }

  static of(file: ConfigFile): ConfigCategories {
    const list = Object.entries(file).map(([name, lines]) => ({
      name,
      lines: Object.entries(lines).flatMap(([key, value]) =>
        (typeof value === 'string' ? [value] : value).map((each) => [key, each] as const),
      ),
    }))
    return new ConfigCategories(list)
  }

  get list(): readonly Readonly<Category>[] {
    return this.#list
  }

  toFile(): ConfigFile {
    return Object.fromEntries(
      this.#list.map(({ name, lines }) => {
        const keys = [...new Set(lines.map(([key]) => key))]
        return [name, Object.fromEntries(keys.map((key) => [key, oneOrAll(lines, key)]))]
      }),
    )
  }

  /** Makes a change; undefined when it could be made, else what Asterisk says. */
  apply(change: ConfigChange): string | undefined {
    if (change.category === '') return PROBLEM.noCategory
    const found = this.#list.find(({ name }) => name === change.category)
    switch (change.kind) {
      case 'newcat':
        if (found !== undefined) return PROBLEM.newCategory
        this.#list = [...this.#list, { name: change.category, lines: [] }]
        return undefined
      case 'renamecat':
        if (change.value === '') return PROBLEM.argument
        return this.#inCategory(found, (category) => {
          category.name = change.value
          return undefined
        })
      case 'delcat':
        return this.#inCategory(found, (category) => {
          this.#list = this.#list.filter((each) => each !== category)
          return undefined
        })
      case 'emptycat':
        return this.#inCategory(found, (category) => {
          category.lines = []
          return undefined
        })
      case 'append':
        if (change.key === '') return PROBLEM.argument
        return this.#inCategory(found, (category) => {
          category.lines = [...category.lines, [change.key, change.value]]
          return undefined
        })
      case 'insert':
        if (change.key === '' || change.line === '') return PROBLEM.argument
        return this.#inCategory(found, (category) => {
          category.lines = category.lines.toSpliced(Number(change.line), 0, [change.key, change.value])
          return undefined
        })
      case 'update':
        if (change.key === '') return PROBLEM.argument
        return this.#inCategory(found, (category) => replaceOne(category, change, [[change.key, change.value]]))
      case 'delete':
        if (change.key === '' && change.line === '') return PROBLEM.argument
        return this.#inCategory(found, (category) => replaceOne(category, change, []))
      default:
        return PROBLEM.unknownAction
    }
  }

  #inCategory(category: Category | undefined, change: (category: Category) => string | undefined): string | undefined {
    if (category === undefined) return PROBLEM.unknownCategory
    return change(category)
  }
}

/** Puts others in the place of the first line that a change means. */
function replaceOne(category: Category, change: ConfigChange, others: Category['lines']): string | undefined {
  const { key, match, line } = change
  const isMeant = (pair: readonly [string, string]) => pair[0] === key && (match === '' || pair[1] === match)
  const at = line === '' ? category.lines.findIndex(isMeant) : Number(line)
  if (category.lines[at] === undefined) return PROBLEM.update
  category.lines = category.lines.toSpliced(at, 1, ...others)
  return undefined
}

function oneOrAll(lines: Category['lines'], key: string): string | readonly string[] {
  const [first = '', ...rest] = lines.filter(([each]) => each === key).map(([, value]) => value)
  return rest.length === 0 ? first : [first, ...rest]
}
