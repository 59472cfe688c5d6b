import { InvalidActionError } from 'obelus-asterisk/protocol'
import { describe, expect, it } from 'vitest'
import type { ActionHeaders } from '../../../src/ami/messages/typed-names.js'
import { prepareAction } from '../../../src/ami/protocol/action.js'
import { textCodec } from '../../../src/core/text-codec.js'

function prepare(name: string, headers: ActionHeaders, encoding = 'utf-8') {
  return prepareAction(name, headers, undefined, textCodec(encoding), () => 'id')
}

describe('a value that Asterisk would read as something else is refused', () => {
  it.each<[action: string, headers: ActionHeaders, message: RegExp]>([
    ['MixMonitor', { File: '/tmp/a.wav,,touch /tmp/x' }, /"File" holds "," at character 11, .* a command that it runs/],
    ['MixMonitor', { File: 'a.wav', Options: 'b,touch /tmp/x' }, /"Options" holds "," at character 2/],
    ['mixmonitor', { FILE: 'a,b' }, /"FILE" holds ","/],
    ['MixMonitor', { File: '"a.wav' }, /"File" holds "\\"" at character 1, which Asterisk takes out/],
    ['MixMonitor', { File: 'a\\,b.wav' }, /"File" holds "\\\\" at character 2/],
    ['MixMonitor', { File: 'a(' }, /does not close/],
    ['MixMonitor', { File: 'a[b' }, /does not close/],
    ['MixMonitor', { File: 'a),b' }, /holds "," at character 3/],
    ['ConfbridgeStartRecord', { Conference: '1', RecordFile: 'a.wav,,touch /tmp/x' }, /"RecordFile" holds ","/],
    ['Monitor', { File: 'a"; touch /tmp/x; "' }, /"File" holds "\\"" at character 2, .* for the shell/],
    ['Monitor', { File: 'a`touch /tmp/x`' }, /holds "`" at character 2/],
    ['ChangeMonitor', { File: 'a$(touch /tmp/x)' }, /holds "\$" at character 2/],
    [
      'QueueAdd',
      { Queue: 'q', Interface: 'Local/1', MemberName: 'Ann|Local/2;0;0;Eve' },
      /"MemberName" holds "\|" at character 4/,
    ],
    ['QueueAdd', { Queue: 'q', Interface: 'Local/1;1' }, /"Interface" holds ";" at character 8/],
    ['QueueAdd', { Queue: 'q', Interface: 'Local/1', StateInterface: 'a;b' }, /"StateInterface" holds ";"/],
    ['QueuePause', { Interface: 'Local/1', Paused: true, Reason: 'tea; cake' }, /"Reason" holds ";" at character 4/],
    [
      'Park',
      { Channel: 'x', TimeoutChannel: 'Local/1@a,1,U(evil)' },
      /"TimeoutChannel" holds "," at character 10, .* options of Dial/,
    ],
    ['QueueLog', { Queue: 'q', Event: 'INFO', Interface: 'Local/1|Eve' }, /"Interface" holds "\|" at character 8/],
    ['QueueLog', { Queue: 'q|1', Event: 'INFO' }, /"Queue" holds "\|"/],
    ['QueueLog', { Queue: 'q', Event: 'A|B' }, /"Event" holds "\|"/],
    ['QueueLog', { Queue: 'q', Event: 'A', Uniqueid: '1|2' }, /"Uniqueid" holds "\|"/],
    ['UpdateConfig', { 'Cat-000000': 'a](!' }, /"Cat-000000" holds "]" at character 2, .* category ends/],
    ['UpdateConfig', { 'Cat-000000': 'a;b' }, /"Cat-000000" holds ";"/],
    ['UpdateConfig', { 'Var-000001': 'secret=x;' }, /"Var-000001" holds "=" at character 7, .* setting ends/],
    ['Atxfer', { Channel: 'x', Exten: '200#1' }, /"Exten" holds "#" at character 4, .* 0 to 9, \* and A to D/],
    ['Atxfer', { Channel: 'x', Exten: 'sales' }, /"Exten" holds "s" at character 1/],
    ['PlayDTMF', { Channel: 'x', Digit: '12' }, /"Digit" holds more than one key/],
    ['PlayDTMF', { Channel: 'x', Digit: 12 }, /"Digit" holds more than one key/],
    [
      'Originate',
      { Channel: 'x', CallerID: `"${'é'.repeat(126)}" <1>` },
      /"CallerID" is 258 bytes long, and Asterisk cuts .* 255/,
    ],
    ['Originate', { Channel: 'x', Exten: '1'.repeat(80) }, /"Exten" is 80 bytes long/],
    ['Redirect', { Channel: 'x', Context: 'é'.repeat(40), Exten: '1' }, /"Context" is 80 bytes long/],
  ])('%s %j', (action, headers, message) => {
    expect(() => prepare(action, headers)).toThrow(InvalidActionError)
    expect(() => prepare(action, headers)).toThrow(message)
  })
})

describe('a value that Asterisk reads as it is passes', () => {
  it.each<[action: string, headers: ActionHeaders]>([
    ['MixMonitor', { File: '/tmp/a b(1,2)[3,4]).wav', Options: 'br(/tmp/r,x)', Command: 'lame "a.wav", then; more' }],
    ['ConfbridgeStartRecord', { Conference: '1' }],
    ['Monitor', { File: 'a, b;c' }],
    ['Park', { Channel: 'x', TimeoutChannel: 'PJSIP/100', Parkinglot: 'lot' }],
    ['QueueLog', { Queue: 'q', Event: 'INFO', Message: 'one|two' }],
    ['UpdateConfig', { 'Cat-000000': 'a=b', 'Var-000000': 'exten', 'Value-000000': '>1,1,Set(A=b)' }],
    ['QueueAdd', { Queue: 'q', Interface: 'Local/1@a/n', MemberName: 'Ann, B.' }],
    ['Atxfer', { Channel: 'x', Exten: '*97A' }],
    ['PlayDTMF', { Channel: 'x', Digit: '#' }],
    [
      'Originate',
      { Channel: 'x', CallerID: `"${'n'.repeat(247)}" <123>`, Exten: '1'.repeat(79), Codecs: 'ulaw,alaw', Data: 'a,b' },
    ],
    ['Redirect', { Channel: 'x', Exten: 'a,b "c" (d', Context: 'é'.repeat(39) }],
    ['UserEvent', { File: 'a,b' }],
  ])('%s %j', (action, headers) => {
    expect(prepare(action, headers).headers).toEqual(headers)
  })

  it('counted in the bytes of the encoding', () => {
    expect(prepare('Redirect', { Context: 'é'.repeat(79) }, 'latin1').name).toBe('Redirect')
  })
})
