import type { AGISession, AnyParams } from './session.js'

/** What answers a call. It is over when what it returns has settled; the value itself is not used. */
export type AGIScript<Params = AnyParams> = (session: AGISession<Params>) => unknown

/** The parameters that a route's path names: of `queue/:name/*`, `name` and `*`. Of a path that is not known to the compiler, any. */
export type RouteParams<Path extends string> = string extends Path
  ? AnyParams
  : { readonly [Name in RouteParamName<Path>]: string }

/** The names of the parts that a path names. */
export type RouteParamName<Path extends string> = Path extends `${infer Part}/${infer Rest}`
  ? RouteParamName<Part> | RouteParamName<Rest>
  : Path extends `:${infer Name}`
    ? Name
    : Path extends '*'
      ? '*'
      : never

/** A route that fits. */
export interface RouteMatch {
  readonly script: AGIScript
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
}

interface Route {
  readonly path: string
  readonly parts: readonly string[]
  readonly script: AGIScript
}

/**
 * Finds the script of a path: `hello`, `queue/:name` (a part with a name), `shop/*` (whatever follows). What is written out goes before what is
 * named, and that before `*`.
 */
export class AGIRouter {
  readonly #routes: Route[] = []
  #fallback: AGIScript | undefined

  /** @throws TypeError for a path that is none, or that is there already. */
  route<const Path extends string>(path: Path, script: AGIScript<RouteParams<Path>>): this {
    const parts = partsOf(path)
    const wrong = parts.find((part, at) => !/^(:\w+|\*|[^:*?]+)$/.test(part) || (part === '*' && at < parts.length - 1))
    if (parts.length === 0 || wrong !== undefined)
      throw new TypeError(`a route is a path such as hello, queue/:name or shop/*, not ${JSON.stringify(path)}`)
    if (this.#routes.some((each) => shapeOf(each.parts) === shapeOf(parts)))
      throw new TypeError(`there is a route ${path} already`)
    // What the path names is there when the route fits.
    this.#routes.push({ path, parts, script: script as AGIScript })
    this.#routes.sort((one, two) => rank(one.parts).localeCompare(rank(two.parts)))
    return this
  }

  /** What answers where no route fits. */
  routeDefault(script: AGIScript): this {
    this.#fallback = script
    return this
  }

  /** The script of a URL's path and query: `queue/sales?lang=en`. Percent signs are decoded where they can be. */
  match(networkScript: string): RouteMatch | undefined {
    const [path = '', search = ''] = networkScript.split(/\?(.*)/s)
    const query = new URLSearchParams(search)
    for (const { parts: wanted, script } of this.#routes) {
      const params = paramsOf(wanted, path)
      if (params !== undefined) return { script, params, query }
    }
    return this.#fallback && { script: this.#fallback, params: {}, query }
  }
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '')
}

/** What a path gives a route, if it fits. Of a path that somebody else has written, only as much is read as the route has parts. */
function paramsOf(wanted: readonly string[], path: string): Record<string, string> | undefined {
  const params: Record<string, string> = {}
  let at = partFrom(path, 0)
  for (const part of wanted) {
    if (at === path.length) return undefined
    if (part === '*') return { ...params, '*': restOf(path.slice(at)) }
    const end = endOfPart(path, at)
    const given = decoded(path.slice(at, end))
    if (part.startsWith(':')) params[part.slice(1)] = given
    else if (part !== given) return undefined
    at = partFrom(path, end)
  }
  return at === path.length ? params : undefined
}

/** Where the next part begins, or the end: parts without a letter are none. */
function partFrom(path: string, from: number): number {
  let at = from
  while (path[at] === '/') at += 1
  return at
}

function endOfPart(path: string, from: number): number {
  const end = path.indexOf('/', from)
  return end < 0 ? path.length : end
}

function restOf(path: string): string {
  const parts = path.replace(/\/+/g, '/').replace(/\/$/, '')
  return parts.includes('%') ? parts.replace(/[^/]+/g, decoded) : parts
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Two routes of one shape fit the same paths. */
function shapeOf(parts: readonly string[]): string {
  return parts.map((part) => (part.startsWith(':') ? ':' : part)).join('/')
}

/** The order in which routes are tried. */
function rank(parts: readonly string[]): string {
  return parts.map((part) => (part === '*' ? '3' : part.startsWith(':') ? '2' : '1')).join('')
}
