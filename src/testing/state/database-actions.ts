import type { AMIAction } from '../../ami/protocol/action-reader.js'
import { type ActionHandler, action, event, type FakeResponse, failure, success } from '../handlers.js'

/** The actions on Asterisk's database, by `family/key`. */
export function databaseActions(database: Map<string, string>): ActionHandler[] {
  const family = (request: AMIAction) => request.get('Family') ?? ''
  const key = (request: AMIAction) => request.get('Key') ?? ''
  const path = (request: AMIAction) => `${family(request)}/${key(request)}`
  /** What lies under a family, or under a key of it. */
  const below = (request: AMIAction) => {
    const prefix = key(request) === '' ? `${family(request)}/` : path(request)
    return [...database]
      .filter(([name]) => name === prefix || name.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`))
      .sort(([one], [other]) => (one < other ? -1 : 1))
  }
  /** What is missing; DBPut says it without the full stop. */
  const missing = (request: AMIAction, needsKey: boolean, end = '.'): FakeResponse | undefined => {
    if (family(request) === '') return failure(`No family specified${end}`)
    return needsKey && key(request) === '' ? failure(`No key specified${end}`) : undefined
  }
  return [
    action('DBPut', (request) => {
      const problem = missing(request, true, '')
      if (problem !== undefined) return problem
      database.set(path(request), request.get('Val') ?? '')
      return success('Updated database successfully')
    }),
    action('DBGet', (request) => {
      const problem = missing(request, true)
      if (problem !== undefined) return problem
      const value = database.get(path(request))
      if (value === undefined) return failure('Database entry not found')
      return [event('DBGetResponse', { Family: family(request), Key: key(request), Val: value })]
    }),
    action('DBGetTree', (request) => below(request).map(([name, Val]) => event('DBGetTreeResponse', { Key: `/${name}`, Val }))),
    action('DBDel', (request) => {
      const problem = missing(request, true)
      if (problem !== undefined) return problem
      return database.delete(path(request)) ? success('Key deleted successfully') : failure('Database entry could not be deleted')
    }),
    action('DBDelTree', (request) => {
      const problem = missing(request, false)
      if (problem !== undefined) return problem
      const found = below(request)
      for (const [name] of found) database.delete(name)
      return found.length > 0 ? success('Key tree deleted successfully') : failure('Database entry not found')
    }),
  ]
}
