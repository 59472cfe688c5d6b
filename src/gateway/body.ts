import type { IncomingMessage } from 'node:http'
import { HTTPError } from './http-error.js'

const MOST_BYTES = 16_384
const MOST_MS = 10_000

/** The JSON object of a request's body. @throws HTTPError when it is none, too large or too slow. */
export function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const timer = setTimeout(() => fail(new HTTPError(408, `The body did not come within ${MOST_MS} ms`)), MOST_MS)
    const fail = (error: Error) => {
      clearTimeout(timer)
      request.removeAllListeners('data').resume()
      reject(error)
    }
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > MOST_BYTES) fail(new HTTPError(413, `The body has more than ${MOST_BYTES} bytes`))
      else chunks.push(chunk)
    })
    request.once('error', fail)
    request.once('end', () => {
      clearTimeout(timer)
      try {
        resolve(objectIn(Buffer.concat(chunks).toString()))
      } catch (error) {
        reject(error)
      }
    })
  })
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  if (text === '') return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new HTTPError(400, 'The body is no JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new HTTPError(400, 'The body must be a JSON object')
  return value as Readonly<Record<string, unknown>>
}
