import { AMIClient, AsyncAGIExecutor, FastAGIServer } from 'obelus-asterisk'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { describe, expect, it } from 'vitest'

const ami = new AMIClient({ username: 'admin', secret: 's3cret' })
const emitters: Record<string, { readonly on: unknown }> = {
  AMIClient: ami,
  FastAGIServer: new FastAGIServer(),
  AsyncAGIExecutor: new AsyncAGIExecutor(ami, () => undefined),
  FakeAsterisk: new FakeAsterisk(),
}

describe.each([
  ['AMIClient', "error, warning, status, gap, action, lateAnswer; Asterisk's events are heard by onEvent()"],
  ['FastAGIServer', 'error, warning, session, ended'],
  ['AsyncAGIExecutor', 'error, warning, session, ended'],
  ['FakeAsterisk', 'connection, login, disconnect, action, response'],
])('on() of %s', (name, names) => {
  const emitter = emitters[name] as { on(name: unknown, listener: unknown): () => void }

  it.each(['foo', 'Error', 'toString', '', undefined])('refuses the name %j, and says which there are', (unknown) => {
    const refusal = (): string => {
      try {
        emitter.on(unknown, () => undefined)
        return 'taken'
      } catch (error) {
        return (error as TypeError).message
      }
    }
    expect(refusal()).toContain(`There is no event "${unknown}"`)
    expect(refusal()).toMatch(new RegExp(`nown are ${names}$`.replace(/[()]/g, '\\$&')))
  })

  it('refuses a listener that is no function, and takes one that is', () => {
    const first = names.split(/\W/)[0] as string
    expect(() => emitter.on(first, undefined)).toThrow(new TypeError('A listener must be a function, not undefined'))
    emitter.on(first, () => undefined)()
  })
})
