import { redactHeaders } from '../../core/redaction.js'
import type { PreparedAction } from '../protocol/action.js'

/** What those who watch the program are told of an action: its headers, as they were given, without secrets. */
export function actionFacts(peer: string, { name, headers }: PreparedAction): object {
  const given = Object.entries(headers).flatMap(([header, value]) =>
    [value].flat().flatMap((each): [string, string][] => (each === undefined ? [] : [[header, String(each)]])),
  )
  // With the name: of some actions a header is a secret that is none of others.
  return { peer, action: name, headers: redactHeaders([['Action', name], ...given]).slice(1) }
}
