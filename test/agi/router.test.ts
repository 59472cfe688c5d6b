import { AGIRouter } from 'obelus-asterisk'
import { expect, it } from 'vitest'

const script = (name: string) => Object.assign(() => undefined, { called: name })
const router = new AGIRouter()
  .route('hello', script('hello'))
  .route('queue/:name', script('queue'))
  .route('queue/vip', script('vip'))
  .route('shop/*', script('shop'))

it.each([
  ['hello', 'hello', {}],
  ['hello/', 'hello', {}],
  ['/hello?lang=en', 'hello', {}],
  ['queue/sales', 'queue', { name: 'sales' }],
  ['queue/two%20words', 'queue', { name: 'two words' }],
  ['queue/100%', 'queue', { name: '100%' }],
  ['queue/vip', 'vip', {}],
  ['shop/a/b', 'shop', { '*': 'a/b' }],
  ['shop//a%20b///c%zz/', 'shop', { '*': 'a b/c%zz' }],
  ['shop', undefined, undefined],
  ['queue/sales/more', undefined, undefined],
  ['queue', undefined, undefined],
  ['Hello', undefined, undefined],
  ['', undefined, undefined],
])('%s', (path, called, params) => {
  const match = router.match(path)
  expect(match?.script).toEqual(called === undefined ? undefined : expect.objectContaining({ called }))
  expect(match?.params).toEqual(params)
})

it('the query is decoded, its order and doubles kept', () => {
  const query = router.match('hello?lang=en&x=%20&x=2&flag')?.query
  expect([...(query ?? [])]).toEqual([
    ['lang', 'en'],
    ['x', ' '],
    ['x', '2'],
    ['flag', ''],
  ])
})

it('a default route answers what no other does', () => {
  const all = new AGIRouter().route('hello', script('hello')).routeDefault(script('all'))
  expect(all.match('anything/at/all')?.script).toEqual(expect.objectContaining({ called: 'all' }))
  expect(all.match('')?.script).toEqual(expect.objectContaining({ called: 'all' }))
})

it.each([
  ['', 'a route is a path'],
  ['a/*/b', 'a route is a path'],
  ['a/:', 'a route is a path'],
  ['hello?x=1', 'a route is a path'],
  ['hello', 'there is a route hello already'],
  ['queue/:other', 'there is a route queue/:other already'],
])('%j is refused', (path, message) => {
  expect(() => router.route(path, script('x'))).toThrow(message)
})
