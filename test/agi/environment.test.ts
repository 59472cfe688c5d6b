import { AGIProtocolError } from 'obelus-asterisk/protocol'
import { describe, expect, it } from 'vitest'
import { AGIPeer, environment, recordedSession } from '../support/agi-peer.js'
import { SPLITS } from '../support/splits.js'

const RECORDINGS = ['fastagi-basic-16', 'fastagi-basic-22']

describe.each(SPLITS)('the environment, %s', (_, split) => {
  it.each(RECORDINGS)('of %s', (recording) => {
    const pieces = recordedSession(recording)
    const first = pieces.findIndex(({ dir }) => dir === 'to-asterisk')
    const peer = new AGIPeer()
    for (const { text } of pieces.slice(0, first)) peer.feed(text, split)
    expect(peer.told).toEqual(['started'])
    expect(peer.env).toMatchObject({
      isNetwork: true,
      networkScript: 'app/menu?lang=en&x=%20',
      request: expect.stringMatching(/^agi:..127.0.0.1:459[89].app.menu.lang=en&x=%20$/),
      language: 'en',
      type: 'Local',
      callerNumber: '1001',
      callerName: 'Ann "X" Y',
      dnid: '',
      rdnis: '',
      context: 'default',
      exten: 'fastagi',
      priority: 2,
      isEnhanced: false,
      accountCode: '',
    })
    expect(peer.args).toEqual(['one', 'two words', '', 'qx'])
    expect(peer.env.variables.get('agi_threadid')).toBe(peer.env.threadId)
  })

  it.each<[string, Record<string, string>, readonly string[], object]>([
    ['a value with a colon', { callerid: 'a: b: c' }, ['x: y'], { callerNumber: 'a: b: c', args: ['x: y'] }],
    ['UTF-8', { calleridname: 'Jürgen ☎' }, [], { callerName: 'Jürgen ☎' }],
    ['a line in a name', { calleridname: 'A\nagi_inj: x' }, [], { callerName: 'A\nagi_inj: x' }],
    ['a name that came before', { calleridname: 'A\nagi_channel: PJSIP/other' }, [], { channel: 'PJSIP/100-00000001' }],
    ['an empty line in a name', { calleridname: 'A\n\nSTREAM FILE' }, ['one'], { callerName: 'A\n\nSTREAM FILE', args: ['one'] }],
    ['a line in an argument', {}, ['one\ntwo', 'three'], { args: ['one\ntwo', 'three'] }],
    ['empty arguments', {}, ['', ''], { args: ['', ''] }],
    ['no script', { network_script: '' }, [], { networkScript: '' }],
    [
      'an account in a name',
      { calleridname: 'A\nagi_accountcode: 9' },
      [],
      { accountCode: '', callerIdName: 'A\nagi_accountcode: 9' },
    ],
    [
      'a context, an account and an end in a name',
      { calleridname: 'A\nagi_context: other\nagi_accountcode: 9\nagi_threadid: 1\nagi_arg_1: admin\n' },
      ['user'],
      { context: 'default', accountCode: '', args: ['user'], threadId: '139624899364544' },
    ],
    [
      'a number in a name',
      { calleridname: 'A\nagi_callerid: 911\nagi_calleridname: Boss' },
      [],
      { callerId: '1001', callerIdName: 'A\nagi_callerid: 911\nagi_calleridname: Boss' },
    ],
    [
      'a context in an extension',
      { extension: 's\nagi_context: other' },
      [],
      { context: 'default', extension: 's\nagi_context: other' },
    ],
    [
      'the second argument in the first',
      {},
      ['one\nagi_arg_2: forged\nagi_arg_3: forged', 'two', 'three'],
      { args: ['one\nagi_arg_2: forged\nagi_arg_3: forged', 'two', 'three'] },
    ],
    ['the first argument in another', {}, ['one', 'two\nagi_arg_1: forged'], { args: ['one', 'two\nagi_arg_1: forged'] }],
    [
      'an account in an argument',
      {},
      ['one\nagi_accountcode: 9\nagi_tenant: 9', 'two'],
      { accountCode: '', args: ['one\nagi_accountcode: 9\nagi_tenant: 9', 'two'] },
    ],
  ])('%s', (_case, changes, args, expected) => {
    const peer = new AGIPeer()
    peer.feed(environment(changes, args), split)
    expect(peer.told).toEqual(['started'])
    expect(peer.env).toMatchObject(expected)
  })
})

describe('a name that forges variables', () => {
  const rest = (account: string) => environment({ accountcode: account }).split(/(?=agi_callingpres)/)[1] ?? ''

  it.each([
    ['and an argument', `A\n${rest('9')}`.trimEnd().concat('\nagi_arg_1: admin')],
    ['and the empty line that ends them', `A\n${rest('9')}agi_arg_1: admin`],
    ['and the end that Asterisk adds to it', `A\n${rest('9')}`.slice(0, -1)],
  ])('all that follow it, %s: the last ones are Asterisk’s', (_, calleridname) => {
    const peer = new AGIPeer()
    peer.feed(environment({ calleridname, accountcode: '17' }, ['user']))
    expect(peer.told).toEqual(['started'])
    expect(peer.env).toMatchObject({ accountCode: '17', context: 'default', callerId: '1001', args: ['user'] })
    expect(peer.env.callerIdName.split('\n')[0]).toBe('A')
    expect(peer.warnings).toHaveLength(1)
  })

  it('those that follow it, up to the one it wants: the last ones are Asterisk’s', () => {
    const upTo = environment({ context: 'other' }).split(/(?=agi_callingpres)|(?=agi_extension)/)[1] ?? ''
    const peer = new AGIPeer()
    peer.feed(environment({ calleridname: `A\n${upTo}`.trimEnd(), accountcode: '17' }))
    expect(peer.env).toMatchObject({ context: 'default', extension: '200', accountCode: '17' })
    expect(peer.warnings).toHaveLength(1)
  })

  it('those of an argument: the first ones are Asterisk’s', () => {
    const peer = new AGIPeer()
    peer.feed(
      environment({ accountcode: '17' }, ['user', 'A\nagi_enhanced: 1.0\nagi_accountcode: 9\nagi_threadid: 1\nagi_arg_1: admin']),
    )
    expect(peer.env).toMatchObject({ accountCode: '17', enhanced: false })
    expect(peer.args[0]).toBe('user')
    const other = new AGIPeer()
    other.feed(environment({ accountcode: '17' }, ['user', 'A\nagi_threadid: 1\nagi_arg_1: admin']))
    expect(other.env).toMatchObject({ accountCode: '17', args: ['user', 'A\nagi_threadid: 1\nagi_arg_1: admin'] })
  })

  it('is told of once, without what it says', () => {
    const peer = new AGIPeer()
    peer.feed(environment({ calleridname: 'Mallory\nagi_accountcode: 9\nagi_accountcode: 8' }))
    expect(peer.warnings).toEqual([
      'PJSIP/100-00000001: somebody may try to forge variables of AGI: agi_calleridname holds lines of the form of agi_accountcode. They were taken as part of that value',
    ])
    const other = new AGIPeer()
    other.feed(environment({ calleridname: 'Ann\nof two lines' }))
    expect(other.warnings).toEqual([])
  })
})

it('that leaves variables out, as those do that imitate Asterisk, ends with its empty line', () => {
  const peer = new AGIPeer()
  peer.feed('agi_request: x\nagi_channel: SIP/1\nagi_uniqueid: 1.1\nagi_version: 16\nagi_threadid: 1\nagi_arg_1: a\n\n')
  expect(peer.env).toMatchObject({ uniqueId: '1.1', args: ['a'] })
})

it('is read in the time of its length, however it comes', () => {
  const limits = { maxEnvironmentBytes: 1 << 20, maxEnvironmentVariables: 1 << 20 }
  for (const [text, split] of [
    [environment({ calleridname: 'A\n'.repeat(200_000) }), 1 << 20],
    [environment({ calleridname: '\nagi_threadid: 1'.repeat(10_000) }), 1 << 20],
    [environment({}, Array(20_000).fill('x')), 1 << 20],
    [environment({ calleridname: 'x'.repeat(400_000) }), 1],
  ] as const) {
    const peer = new AGIPeer({ limits })
    const began = performance.now()
    peer.feed(text, (bytes) =>
      Array.from({ length: bytes.length / split + 1 }, (_, at) => bytes.subarray(at * split, (at + 1) * split)),
    )
    expect(peer.told).toEqual(['started'])
    expect(performance.now() - began).toBeLessThan(4_000)
  }
})

it('of Asterisk before 1.6 ends with its first empty line', () => {
  const peer = new AGIPeer()
  peer.feed('agi_request: old\nagi_channel: Zap/1-1\nagi_enhanced: 0.0\n\n')
  expect(peer.env).toMatchObject({ channel: 'Zap/1-1', version: '', threadId: '' })
})

it('of a release to come keeps variables that are not known yet', () => {
  const peer = new AGIPeer()
  peer.feed(environment({ type: 'PJSIP\nagi_tenant: seven' }))
  expect(peer.env.variables.get('agi_tenant')).toBe('seven')
  expect(peer.env.type).toBe('PJSIP')
})

it('bytes that are no UTF-8 harm nobody', () => {
  const peer = new AGIPeer()
  const bytes = new TextEncoder().encode(environment({ calleridname: 'J?rgen' }))
  bytes[bytes.indexOf(63)] = 0xfc
  peer.dataReceived(bytes)
  expect(peer.env).toMatchObject({ callerName: 'J\ufffdrgen', exten: '200' })
})

it.each([
  ['HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', /no AGI environment: it begins with "GET/],
  ['garbage', '\x00\x01\x02\n', /no AGI environment/],
  ['an endless line', `agi_network: ${'x'.repeat(70_000)}`, /takes more than 65536 bytes/],
  ['an endless value', `agi_network: yes\n${'more\n'.repeat(20_000)}`, /takes more than 65536 bytes/],
  ['a million variables', environment({}, Array(5_000).fill('x')), /more than 1000 variables/],
])('%s is refused, and the link is closed', (_, text, message) => {
  const peer = new AGIPeer()
  peer.feed(text)
  expect(peer.endedBy).toBeInstanceOf(AGIProtocolError)
  expect(peer.endedBy?.message).toMatch(message)
  expect(peer.closed).toBe(true)
  expect(() => peer.env).toThrow('has not come yet')
})

it('has its former names too', () => {
  const peer = new AGIPeer()
  peer.feed(environment({ callerid: '0301', calleridname: 'Ann', extension: '200', enhanced: '1.0' }, []))
  const { callerId, callerIdName, extension, network, enhanced } = peer.env
  const { callerNumber, callerName, exten, isNetwork, isEnhanced } = peer.env
  expect([callerNumber, callerName, exten, isEnhanced]).toEqual(['0301', 'Ann', '200', true])
  expect([callerId, callerIdName, extension, network, enhanced]).toEqual([callerNumber, callerName, exten, isNetwork, isEnhanced])
})
