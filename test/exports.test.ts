import * as main from 'obelus-asterisk'
import * as fleet from 'obelus-asterisk/fleet'
import * as gateway from 'obelus-asterisk/gateway'
import * as live from 'obelus-asterisk/live'
import * as metrics from 'obelus-asterisk/metrics'
import * as protocol from 'obelus-asterisk/protocol'
import * as testing from 'obelus-asterisk/testing'
import * as web from 'obelus-asterisk/web'
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
  'ThrownValueError',
  'WaitTimeoutError',
  'isAMIError',
]

const agiErrors = [
  'AGICommandFailure',
  'AGIDeadChannelError',
  'AGIError',
  'AGIHangupError',
  'AGIInvalidCommandError',
  'AGIProtocolError',
  'AGISessionEndedError',
  'AGISyntaxError',
  'AGITimeoutError',
  'AGIUnknownCommandError',
  'isAGIError',
]

const calls = [
  'CALL_RECORD_SCHEMA',
  'CALL_RECORD_VERSION',
  'Call',
  'CallCancelledError',
  'CallEndedError',
  'CallError',
  'CallFailedError',
  'CallManager',
  'NoChannelError',
  'TooManyChannelsError',
  'isCallError',
]
const tables = ['CHANNEL_STATES', 'DEVICE_STATES', 'HANGUP_CAUSES']
/** What runs in every runtime. */
const everywhere = [
  ...errors,
  ...agiErrors,
  ...tables,
  ...calls,
  'AGIRouter',
  'AGISession',
  'AMIClient',
  'AMIEvent',
  'AMIResponse',
  'AsyncAGIExecutor',
  'Gap',
  'escapeArgument',
  'trace',
  'unescapeValue',
  'unlisted',
  'webSocketTransport',
  'webStreamsTransport',
]

it('obelus-asterisk', () => {
  expect(Object.keys(main).sort()).toEqual([...everywhere, 'FastAGIServer', 'runAGI', 'tcpConnector'].sort())
})

it('obelus-asterisk/protocol', () => {
  const protocols = [
    'AGIProtocol',
    'AMIAction',
    'AMIEvent',
    'AMIProtocol',
    'AMIResponse',
    'AMIServerProtocol',
    'Handler',
    'PendingAction',
  ]
  const limits = ['MAX_ACTION_ID_BYTES', 'MAX_COMMAND_BYTES', 'MAX_COMMAND_WORDS', 'MAX_HEADERS', 'MAX_LINE_BYTES']
  expect(Object.keys(protocol).sort()).toEqual(
    [...errors, ...agiErrors, ...tables, ...protocols, ...limits, 'escapeArgument', 'unescapeValue', 'unlisted'].sort(),
  )
})

it('obelus-asterisk/testing', () => {
  const grammar = ['action', 'command', 'delay', 'event', 'failure', 'faulty', 'once', 'record', 'seeded', 'success', 'times']
  const classes = ['AMIAction', 'AudioSocketCaller', 'FakeAsterisk', 'FakeEvent', 'FakeResponse', 'VirtualClock']
  const failures = [
    'FakeCallbackError',
    'FakeStateError',
    'RecordingError',
    'TestingError',
    'UnhandledActionError',
    'UnusedHandlersError',
  ]
  const tables = ['CHANNEL_STATES', 'DEVICE_STATES']
  expect(Object.keys(testing).sort()).toEqual([...grammar, ...classes, ...failures, ...tables].sort())
})

it('obelus-asterisk/web has all but what needs TCP or a process', () => {
  expect(Object.keys(web).sort()).toEqual([...everywhere].sort())
})

it('obelus-asterisk/live', () => {
  expect(Object.keys(live)).toEqual(['LiveModel'])
})

it('obelus-asterisk/metrics', () => {
  expect(Object.keys(metrics)).toEqual(['collectMetrics'])
})

it('obelus-asterisk/fleet', () => {
  expect(Object.keys(fleet)).toEqual(['Fleet'])
})

it('obelus-asterisk/gateway', () => {
  expect(Object.keys(gateway)).toEqual(['Gateway'])
})
