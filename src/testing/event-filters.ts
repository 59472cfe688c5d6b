import type { AMIAction } from '../ami/protocol/action-reader.js'
import { type FakeResponse, failure, success } from './handlers.js'
import { posixPattern } from './posix-pattern.js'

/** What a filter is held against: an event's name, and its text from `Event:` to the empty line. */
type Matcher = (name: string, text: string) => boolean

interface Filter {
  readonly isExclude: boolean
  readonly matches: Matcher
}

/** How a pattern of an advanced filter is compared with an event, or with the value of one of its headers. */
const METHODS = new Map<string, (pattern: string) => (text: string) => boolean>([
  ['regex', searched],
  ['exact', (pattern) => (text) => text === pattern],
  ['starts_with', (pattern) => (text) => text.startsWith(pattern)],
  ['ends_with', (pattern) => (text) => text.endsWith(pattern)],
  ['contains', (pattern) => (text) => text.includes(pattern)],
  ['none', () => () => true],
])

const WRONG_FORMAT = 'Filter was formatted incorrectly.  Check the syntax of the filter given.'
const NOT_COMPILED = 'Filter did not compile.  Check the syntax of the filter given.'

/** A filter that there cannot be; the message is Asterisk's own. */
class FilterError extends Error {}

/** The event filters that a session added by `Filter`, read and applied as Asterisk does (`main/manager.c`; verified on 16.28 and 22.10). */
export class EventFilters {
  readonly #hasAdvanced: boolean
  readonly #includes: Matcher[] = []
  readonly #excludes: Matcher[] = []

  /** @param version 16 knows the legacy syntax only: it overlooks `MatchCriteria`, and takes an empty pattern. */
  constructor(version: 16 | 22) {
    this.#hasAdvanced = version === 22
  }

  /** Answers the action. */
  add(request: AMIAction): FakeResponse {
    if (request.get('Operation')?.toLowerCase() !== 'add') return failure('Unknown operation')
    try {
      const { isExclude, matches } = this.#read(request.get('Filter') ?? '', request.get('MatchCriteria') ?? '')
      const list = isExclude ? this.#excludes : this.#includes
      list.push(matches)
      return success('Success')
    } catch (error) {
      if (error instanceof FilterError) return failure(error.message)
      throw error
    }
  }

  get isEmpty(): boolean {
    return this.#includes.length + this.#excludes.length === 0
  }

  /** Whether an event passes: it needs one of the filters that include, if there are such, and none of those that exclude. */
  pass(name: string, text: string): boolean {
    const fits = (matches: Matcher) => matches(name, text)
    return (this.#includes.length === 0 || this.#includes.some(fits)) && !this.#excludes.some(fits)
  }

  #read(given: string, criteria: string): Filter {
    const isExclude = given.startsWith('!')
    const pattern = isExclude ? given.slice(1) : given
    if (!this.#hasAdvanced) return { isExclude, matches: legacy(pattern) }
    if (criteria !== '') return advanced(criteria, pattern, isExclude)
    if (pattern === '') throw new FilterError(WRONG_FORMAT)
    return { isExclude, matches: legacy(pattern) }
  }
}

function legacy(pattern: string): Matcher {
  const isFound = searched(pattern)
  return (_, text) => isFound(text)
}

function searched(pattern: string): (text: string) => boolean {
  try {
    const expression = posixPattern(pattern)
    return (text) => expression.test(text)
  } catch (error) {
    throw new FilterError(NOT_COMPILED, { cause: error })
  }
}

/** `action(exclude),name(Newchannel),header(Channel),method(starts_with)`: each of them if at all, and in any order. */
function advanced(criteria: string, pattern: string, isMarked: boolean): Filter {
  const { action = isMarked ? 'exclude' : 'include', name: wanted, header, method = 'none' } = criteriaOf(criteria)
  const compare = METHODS.get(method)
  // A pattern without a method is an error, and so is a method without a pattern.
  const isComplete = method === 'none' ? pattern === '' && (wanted ?? header) !== undefined : pattern !== ''
  if (compare === undefined || !['include', 'exclude'].includes(action) || !isComplete) throw new FilterError(WRONG_FORMAT)
  const fits = header === undefined ? compare(pattern) : inHeader(header, compare(pattern))
  return {
    isExclude: action === 'exclude',
    matches: (name, text) => (wanted === undefined || name === wanted) && fits(text),
  }
}

interface Criteria {
  action?: string
  name?: string
  header?: string
  method?: string
}

/** Asterisk parts them at commas, blanks and closing parentheses, and looks at the beginning of a word only. */
function criteriaOf(text: string): Criteria {
  const criteria: Criteria = {}
  for (const word of text.split(/[ ,)]+/).filter((each) => each !== '')) {
    const kind = (['action', 'name', 'header', 'method'] as const).find((each) => word.startsWith(each))
    const value = word.includes('(') ? word.slice(word.indexOf('(') + 1) : ''
    if (kind === undefined || value === '') throw new FilterError(WRONG_FORMAT)
    criteria[kind] = value
  }
  return criteria
}

/** Compares with the values of a header that are not empty. */
function inHeader(header: string, fits: (text: string) => boolean): (text: string) => boolean {
  const start = header.endsWith(':') ? header : `${header}:`
  return (text) =>
    text.split('\r\n').some((line) => {
      const value = line.startsWith(start) ? line.slice(start.length).trimStart() : ''
      return value !== '' && fits(value)
    })
}
