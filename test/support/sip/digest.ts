import { createHash, randomBytes } from 'node:crypto'

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

/** The value of `Authorization` that answers a challenge (RFC 2617, with and without `qop=auth`). */
export function digest(challenge: string, user: string, password: string, method: string, uri: string): string {
  const field = (name: string) => new RegExp(`\\b${name}="?([^",]+)"?`).exec(challenge)?.[1]
  const [realm = '', nonce = '', opaque] = [field('realm'), field('nonce'), field('opaque')]
  const secret = md5(`${user}:${realm}:${password}`)
  const request = md5(`${method}:${uri}`)
  const own = [`username="${user}"`, `realm="${realm}"`, `nonce="${nonce}"`, `uri="${uri}"`, 'algorithm=MD5']
  if (opaque !== undefined) own.push(`opaque="${opaque}"`)
  if (field('qop') === undefined) return `Digest ${[...own, `response="${md5(`${secret}:${nonce}:${request}`)}"`].join(', ')}`
  const cnonce = randomBytes(8).toString('hex')
  const response = md5(`${secret}:${nonce}:00000001:${cnonce}:auth:${request}`)
  return `Digest ${[...own, 'qop=auth', 'nc=00000001', `cnonce="${cnonce}"`, `response="${response}"`].join(', ')}`
}
