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
  ])('%s', (_case, changes, args, expected) => {
    const peer = new AGIPeer()
    peer.feed(environment(changes, args), split)
    expect(peer.told).toEqual(['started'])
    expect(peer.env).toMatchObject(expected)
  })
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
