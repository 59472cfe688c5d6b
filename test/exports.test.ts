import * as main from 'obelus-asterisk'
import * as protocol from 'obelus-asterisk/protocol'
import * as testing from 'obelus-asterisk/testing'
import { expect, it } from 'vitest'

const errors = [
  'AMIError',
  'ActionError',
  'ActionTimeoutError',
  'AsteriskError',
  'AuthenticationError',
  'ClosedError',
  'ConnectionError',
  'ConnectionLostError',
  'InvalidActionError',
  'ProtocolError',
  'StreamOverflowError',
]

it('obelus-asterisk', () => {
  const calls = ['Call', 'CallEndedError', 'CallFailedError', 'CallManager', 'NoChannelError']
  const tables = ['CHANNEL_STATES', 'DEVICE_STATES', 'HANGUP_CAUSES']
  expect(Object.keys(main).sort()).toEqual(
    [
      ...errors,
      ...tables,
      ...calls,
      'AMIClient',
      'AMIEvent',
      'AMIResponse',
      'Gap',
      'tcpConnector',
      'unescapeValue',
      'unlisted',
    ].sort(),
  )
})

it('obelus-asterisk/protocol', () => {
  const protocols = [
    'AMIAction',
    'AMIEvent',
    'AMIMessage',
    'AMIProtocol',
    'AMIResponse',
    'AMIServerProtocol',
    'Handler',
    'PendingAction',
  ]
  const limits = ['MAX_ACTION_ID_BYTES', 'MAX_HEADERS', 'MAX_LINE_BYTES']
  expect(Object.keys(protocol).sort()).toEqual([...errors, ...protocols, ...limits, 'unescapeValue', 'unlisted'].sort())
})

it('obelus-asterisk/testing', () => {
  const grammar = ['action', 'event', 'failure', 'success']
  const classes = ['AMIAction', 'Caller', 'FakeAsterisk', 'FakeEvent', 'FakeResponse', 'UnhandledActionError']
  expect(Object.keys(testing).sort()).toEqual([...grammar, ...classes].sort())
})
