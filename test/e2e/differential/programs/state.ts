import type { AMIEvent, AMIResponse } from 'obelus-asterisk'
import type { Bench, Program } from '../bench.js'

type Headers = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/** One action, with its own header values written down. */
const asked = (name: string, headers: Headers, what: string, ...values: readonly string[]): Program => ({
  name: `${name} ${what}`,
  run: async (bench) => {
    noted(bench, await bench.send(name, headers), values)
  },
})

/** Actions one after the other, of which the header values count. */
const steps = (
  name: string,
  ...all: readonly (readonly [action: string, headers: Headers, ...values: readonly string[]])[]
): Program => ({
  name,
  run: async (bench) => {
    for (const [action, headers, ...values] of all) noted(bench, await bench.send(action, headers), values)
    await bench.calm()
  },
})

/** A list of which only some items are the program's. */
const listed = (
  name: string,
  mine: (item: AMIEvent) => boolean,
  before: readonly (readonly [string, Headers])[],
  ...values: readonly string[]
): Program => ({
  name: `${name}, its items`,
  run: async (bench) => {
    for (const [action, headers] of before) await bench.send(action, headers)
    const { type, message, events, completion } = await bench.ask(name)
    bench.note(`${type} ${message} ${completion?.name}`)
    const items = events.filter(mine).map((item) => {
      const headers = [...item.entries()].map(([header]) => header).filter((header) => header !== 'ActionID')
      return `${shown(item, values)} [${headers.join(' ')}]`
    })
    // Asterisk keeps them in no order.
    for (const item of items.sort()) bench.note(item)
  },
})

function noted(bench: Bench, response: AMIResponse, values: readonly string[]): void {
  if (values.length > 0) for (const each of [response, ...response.events]) bench.note(shown(each, values))
}

function shown(message: AMIEvent | AMIResponse, values: readonly string[]): string {
  return values.map((header) => `${header}: ${message.getAll(header).join(' & ')}`).join(', ')
}

const LAMP = 'DEVICE_STATE(Custom:differential)'
const config = { SrcFilename: 'differential.conf', DstFilename: 'differential.conf' }
/** Updates of a file, and what is in it then. */
const update = (...changes: readonly Headers[]): [string, Headers] => [
  'UpdateConfig',
  Object.assign(
    { ...config },
    ...changes.map((change, at) =>
      Object.fromEntries(Object.entries(change).map(([name, value]) => [`${name}-${String(at).padStart(6, '0')}`, value])),
    ),
  ) as Headers,
]
const contents: [string, Headers, ...string[]] = [
  'GetConfig',
  { Filename: 'differential.conf' },
  'Category-000000',
  'Line-000000-000000',
  'Line-000000-000001',
  'Category-000001',
  'Line-000001-000000',
]
/** A program on a file that is there, and empty at first. */
const onFile = (program: Program): Program => ({
  name: program.name,
  run: async (bench) => {
    await bench.ask('CreateConfig', { Filename: 'differential.conf' }).catch(() => undefined)
    for (const Cat of ['one', 'uno', 'two']) await bench.ask(...update({ Action: 'DelCat', Cat })).catch(() => undefined)
    await program.run(bench)
  },
})

/** Programs about what a server knows beside its calls. */
export const statePrograms: readonly Program[] = [
  asked('Command', {}, 'without a command'),
  asked('Command', { Command: 'nonsense here' }, 'that is not there', 'Output'),
  asked('DBPut', {}, 'without a family'),
  asked('DBPut', { Family: 'diff' }, 'without a key'),
  asked('DBGet', {}, 'without a family'),
  asked('DBGet', { Family: 'diff' }, 'without a key'),
  asked('DBDel', { Family: 'diff' }, 'without a key'),
  asked('DBDelTree', {}, 'without a family'),
  steps(
    'the database',
    ['DBPut', { Family: 'diff', Key: 'b', Val: '1' }],
    ['DBPut', { Family: 'diff', Key: 'a/x', Val: '2' }],
    ['DBPut', { Family: 'diff', Key: 'a/y', Val: 'a value' }],
    ['DBPut', { Family: 'diff', Key: 'a', Val: '' }],
    ['DBPut', { Family: 'diff/c', Key: 'z', Val: '3' }],
    ['DBGet', { Family: 'diff', Key: 'a/y' }, 'Family', 'Key', 'Val'],
    ['DBGet', { Family: 'diff', Key: 'none' }],
    ['DBGetTree', { Family: 'diff' }, 'Key', 'Val'],
    ['DBGetTree', { Family: 'diff', Key: 'a' }, 'Key', 'Val'],
    ['DBGetTree', { Family: 'none' }],
    ['Getvar', { Variable: 'DB(diff/a/y)' }, 'Variable', 'Value'],
    ['Getvar', { Variable: 'DB(diff/never)' }, 'Variable', 'Value'],
    ['Getvar', { Variable: 'DB_EXISTS(diff/a/y)' }, 'Variable', 'Value'],
    ['Getvar', { Variable: 'DB_EXISTS(diff/never)' }, 'Variable', 'Value'],
    ['Setvar', { Variable: 'DB(diff/n)', Value: '9' }],
    ['DBDel', { Family: 'diff', Key: 'none' }],
    ['DBDel', { Family: 'diff', Key: 'b' }],
    ['DBDelTree', { Family: 'diff', Key: 'a' }],
    ['DBDelTree', { Family: 'diff', Key: 'a' }],
    ['DBDelTree', { Family: 'diff' }],
    ['DBDelTree', { Family: 'diff' }],
    ['DBGetTree', { Family: 'diff' }],
  ),
  steps(
    'globals',
    ['Setvar', { Variable: 'DIFF_G', Value: 'two words' }],
    ['Getvar', { Variable: 'DIFF_G' }, 'Variable', 'Value'],
    ['Getvar', { Variable: 'GLOBAL(DIFF_G)' }, 'Variable', 'Value'],
    ['Setvar', { Variable: 'GLOBAL(DIFF_H)', Value: '2' }],
    ['Getvar', { Variable: 'DIFF_H' }, 'Variable', 'Value'],
    ['Setvar', { Variable: 'DIFF_G', Value: '' }],
    ['Getvar', { Variable: 'DIFF_G' }, 'Variable', 'Value'],
  ),
  steps(
    'functions without a channel',
    ...['UNIQUEID', 'CHANNEL', 'EXTEN', 'CONTEXT', 'CALLERID(num)', 'CHANNEL(state)', 'CHANNEL(name)', 'NOFUNC(x)'].map(
      (Variable) => ['Getvar', { Variable }, 'Variable', 'Value'] as const,
    ),
    ['Setvar', { Variable: 'NOFUNC(x)', Value: '1' }],
    ['Setvar', { Variable: 'CALLERID(num)', Value: '1' }],
  ),
  {
    name: 'functions and variables of a channel',
    run: async (bench) => {
      await bench.ringing({
        ChannelId: 'functions',
        CallerID: '"Ann" <100>',
        Account: 'sales',
        Variable: ['A=1', '__B=2', '_C=3'],
      })
      const read = async (Variable: string) =>
        bench.note(`${Variable} is ${(await bench.send('Getvar', { Channel: 'functions', Variable })).headers.Value}`)
      for (const name of [
        'A',
        'B',
        '__B',
        'C',
        'D',
        'UNIQUEID',
        'CONTEXT',
        'EXTEN',
        'PRIORITY',
        'CHANNEL(state)',
        'CHANNEL(uniqueid)',
      ])
        await read(name)
      for (const name of [
        'CHANNEL(linkedid)',
        'CHANNEL(accountcode)',
        'CHANNEL(language)',
        'CHANNEL(channeltype)',
        'CHANNEL(none)',
      ])
        await read(name)
      for (const name of [
        'CALLERID(num)',
        'CALLERID(name)',
        'CALLERID(all)',
        'CALLERID(none)',
        'CALLERID(ani)',
        'CALLERID(dnid)',
      ])
        await read(name)
      for (const name of ['CONNECTEDLINE(num)', 'CONNECTEDLINE(name)', 'NOFUNC(x)', 'GLOBAL(DIFF_NONE)']) await read(name)
      for (const [Variable, Value] of [
        ['CALLERID(num)', '555'],
        ['CALLERID(name)', 'Bob'],
        ['CALLERID(all)', '"Cid" <7>'],
        ['CHANNEL(accountcode)', 'other'],
        ['CHANNEL(language)', 'de'],
        ['NOFUNC(x)', '1'],
        ['CALLERID(none)', '1'],
        ['D', 'a, b'],
        ['__E', 'e'],
      ] as const) {
        await bench.send('Setvar', { Channel: 'functions', Variable, Value })
        await read(Variable)
      }
      await read('E')
      await bench.send('Hangup', { Channel: 'functions' })
      await bench.calm()
    },
  },
  {
    name: 'Status with variables',
    run: async (bench) => {
      await bench.ringing({ ChannelId: 'status', Variable: ['A=1'] })
      const { events } = await bench.send('Status', { Channel: 'status', Variables: 'A,B,CHANNEL(state)' })
      bench.note(shown(events[0] as AMIEvent, ['Variable', 'Type', 'DNID', 'Application', 'Data', 'Seconds', 'BridgeID']))
      await bench.send('Hangup', { Channel: 'status' })
      await bench.calm()
    },
  },
  steps(
    'a device of the dialplan',
    ['Setvar', { Variable: LAMP, Value: 'INUSE' }],
    ['Getvar', { Variable: LAMP }, 'Value'],
    ['Setvar', { Variable: LAMP, Value: 'nonsense' }],
    ['Setvar', { Variable: 'DEVICE_STATE(PJSIP/none)', Value: 'INUSE' }],
    ['Getvar', { Variable: 'DEVICE_STATE(PJSIP/none)' }, 'Value'],
    ['Getvar', { Variable: 'DEVICE_STATE(Custom:never)' }, 'Value'],
    ['Setvar', { Variable: LAMP, Value: 'NOT_INUSE' }],
    ['Getvar', { Variable: LAMP }, 'Value'],
  ),
  listed(
    'DeviceStateList',
    (item) => item.get('Device') === 'Custom:differential',
    [['Setvar', { Variable: LAMP, Value: 'ONHOLD' }]],
    'Device',
    'State',
  ),
  asked('ExtensionState', {}, 'without an extension'),
  asked('ExtensionState', { Exten: 'none' }, 'without a context', 'Exten', 'Context', 'Hint', 'Status', 'StatusText'),
  asked(
    'ExtensionState',
    { Exten: 'none', Context: 'nowhere' },
    'that is not there',
    'Exten',
    'Context',
    'Hint',
    'Status',
    'StatusText',
  ),
  steps(
    'the state of an extension',
    ...(['NOT_INUSE', 'INUSE', 'BUSY', 'INVALID', 'UNAVAILABLE', 'RINGING', 'RINGINUSE', 'ONHOLD', 'UNKNOWN'] as const).flatMap(
      (Value) => [
        ['Setvar', { Variable: 'DEVICE_STATE(Custom:lamp)', Value }] as const,
        ['ExtensionState', { Exten: '300', Context: 'day' }, 'Exten', 'Context', 'Hint', 'Status', 'StatusText'] as const,
        ['Getvar', { Variable: 'EXTENSION_STATE(300@day)' }, 'Value'] as const,
      ],
    ),
    ['Getvar', { Variable: 'EXTENSION_STATE(none@day)' }, 'Value'],
    ['Getvar', { Variable: 'HINT(300@day)' }, 'Value'],
    ['Setvar', { Variable: 'DEVICE_STATE(Custom:lamp)', Value: 'NOT_INUSE' }],
  ),
  listed(
    'ExtensionStateList',
    (item) => item.get('Exten') === '300' && item.get('Context') === 'day',
    [['Setvar', { Variable: 'DEVICE_STATE(Custom:lamp)', Value: 'NOT_INUSE' }]],
    'Exten',
    'Context',
    'Hint',
    'Status',
    'StatusText',
  ),
  asked('PresenceState', {}, 'without a provider'),
  asked('PresenceState', { Provider: 'none' }, 'of a provider that is not there'),
  asked('PresenceState', { Provider: 'CustomPresence:never' }, 'that was never set', 'State'),
  steps(
    'presence',
    ['Setvar', { Variable: 'PRESENCE_STATE(CustomPresence:diff)', Value: 'away,lunch,back soon' }],
    ['PresenceState', { Provider: 'CustomPresence:diff' }, 'State', 'Subtype', 'Message', 'PresenceMessage'],
    ['Getvar', { Variable: 'PRESENCE_STATE(CustomPresence:diff,value)' }, 'Value'],
    ['Getvar', { Variable: 'PRESENCE_STATE(CustomPresence:diff,subtype)' }, 'Value'],
    ['Getvar', { Variable: 'PRESENCE_STATE(CustomPresence:diff,message)' }, 'Value'],
    ['Setvar', { Variable: 'PRESENCE_STATE(CustomPresence:diff)', Value: 'nonsense,,' }],
    ['Setvar', { Variable: 'PRESENCE_STATE(CustomPresence:diff)', Value: 'available,,' }],
    ['PresenceState', { Provider: 'CustomPresence:diff' }, 'State', 'Subtype', 'Message'],
  ),
  listed(
    'PresenceStateList',
    (item) => item.get('Presentity') === 'CustomPresence:diff',
    [['Setvar', { Variable: 'PRESENCE_STATE(CustomPresence:diff)', Value: 'dnd,,' }]],
    'Presentity',
    'Status',
    'Subtype',
    'Message',
  ),
  listed(
    'PJSIPShowEndpoints',
    (item) => /^20[0-4]$/.test(item.get('ObjectName') ?? ''),
    [],
    'ObjectType',
    'ObjectName',
    'DeviceState',
  ),
  asked('PJSIPShowEndpoint', {}, 'without an endpoint'),
  asked('PJSIPShowEndpoint', { Endpoint: 'none' }, 'that is not there'),
  asked('MailboxCount', {}, 'without a mailbox'),
  asked('MailboxCount', { Mailbox: 'none' }, 'that is not there', 'Mailbox', 'UrgMessages', 'NewMessages', 'OldMessages'),
  asked(
    'MailboxCount',
    { Mailbox: '100@default' },
    'of one that is empty',
    'Mailbox',
    'UrgMessages',
    'NewMessages',
    'OldMessages',
  ),
  asked('MailboxStatus', {}, 'without a mailbox'),
  asked('MailboxStatus', { Mailbox: '100@default' }, 'of one that is empty', 'Mailbox', 'Waiting'),
  asked('WaitEvent', { Timeout: 0 }, 'without waiting'),
  asked('WaitEvent', { Timeout: 1 }, 'in vain'),
  {
    name: 'WaitEvent that an event ends',
    run: async (bench) => {
      await bench.emitSoon('Waited')
      await bench.send('WaitEvent', { Timeout: 5 })
    },
  },
  asked('GetConfig', {}, 'without a file'),
  asked('GetConfig', { Filename: 'none.conf' }, 'that is not there'),
  asked('GetConfigJSON', { Filename: 'none.conf' }, 'that is not there'),
  asked('ListCategories', {}, 'without a file'),
  asked('ListCategories', { Filename: 'none.conf' }, 'that is not there'),
  asked('UpdateConfig', {}, 'without a file'),
  onFile(asked('UpdateConfig', config, 'without an action')),
  asked('UpdateConfig', { SrcFilename: 'none.conf', DstFilename: 'none.conf' }, 'of a file that is not there'),
  asked('CreateConfig', {}, 'without a file'),
  onFile(
    steps(
      'a file of settings',
      update(
        { Action: 'NewCat', Cat: 'one' },
        { Action: 'Append', Cat: 'one', Var: 'a', Value: '1' },
        { Action: 'Append', Cat: 'one', Var: 'member', Value: 'PJSIP/200' },
        { Action: 'NewCat', Cat: 'two' },
      ),
      contents,
      ['GetConfig', { Filename: 'differential.conf', Category: 'two' }, 'Category-000000'],
      ['GetConfig', { Filename: 'differential.conf', Category: 'none' }],
      ['GetConfigJSON', { Filename: 'differential.conf' }, 'JSON'],
      ['ListCategories', { Filename: 'differential.conf' }, 'Category-000000', 'Category-000001'],
      update({ Action: 'Update', Cat: 'one', Var: 'a', Value: '5' }),
      contents,
      update({ Action: 'Update', Cat: 'one', Var: 'a', Value: '6', Match: '5' }),
      contents,
      update({ Action: 'Delete', Cat: 'one', Var: 'a' }),
      contents,
      update({ Action: 'Insert', Cat: 'one', Var: 'z', Value: '0', Line: '0' }),
      contents,
      update({ Action: 'Delete', Cat: 'one', Line: '0' }),
      contents,
      update({ Action: 'RenameCat', Cat: 'one', Value: 'uno' }),
      update({ Action: 'EmptyCat', Cat: 'uno' }),
      contents,
      update({ Action: 'DelCat', Cat: 'uno' }),
      contents,
      update({ Action: 'DelCat', Cat: 'two' }),
      contents,
      ['GetConfigJSON', { Filename: 'differential.conf' }, 'JSON'],
      ['ListCategories', { Filename: 'differential.conf' }],
    ),
  ),
  onFile(
    steps(
      'changes to a file of settings that cannot be',
      update({ Action: 'NewCat', Cat: 'one' }),
      update({ Action: 'NewCat', Cat: 'one' }),
      update({ Action: 'NewCat' }),
      update({ Action: 'Nonsense', Cat: 'one' }),
      update({ Action: 'Append', Cat: 'none', Var: 'a', Value: '1' }),
      update({ Action: 'Append', Cat: 'one' }),
      update({ Action: 'Update', Cat: 'one', Var: 'none', Value: '7' }),
      update({ Action: 'Update', Cat: 'none', Var: 'a', Value: '7' }),
      update({ Action: 'Update', Cat: 'one', Value: '7' }),
      update({ Action: 'Delete', Cat: 'one' }),
      update({ Action: 'Delete', Cat: 'one', Var: 'none' }),
      update({ Action: 'Delete', Cat: 'none', Var: 'a' }),
      update({ Action: 'Insert', Cat: 'one', Var: 'z', Value: '0' }),
      update({ Action: 'RenameCat', Cat: 'one' }),
      update({ Action: 'RenameCat', Cat: 'none', Value: 'uno' }),
      update({ Action: 'EmptyCat', Cat: 'none' }),
      update({ Action: 'DelCat', Cat: 'none' }),
      // What comes before a change that cannot be is not kept either.
      update({ Action: 'NewCat', Cat: 'two' }, { Action: 'Nonsense', Cat: 'one' }),
      contents,
    ),
  ),
  asked('SendText', {}, 'without a channel'),
  asked('SendText', { Channel: 'none' }, 'without a message'),
  asked('SendText', { Channel: 'none', Message: 'x' }, 'on a channel that is not there'),
  asked('MessageSend', {}, 'without an address'),
  asked('PJSIPQualify', {}, 'without an endpoint'),
  asked('PJSIPQualify', { Endpoint: 'none' }, 'of an endpoint that is not there'),
  asked('PJSIPRegister', {}, 'without a registration'),
  asked('PJSIPUnregister', {}, 'without a registration'),
  asked('LocalOptimizeAway', {}, 'without a channel'),
  asked('LocalOptimizeAway', { Channel: 'none' }, 'of a channel that is not there'),
  asked('BridgeInfo', {}, 'without a bridge'),
  asked('BridgeInfo', { BridgeUniqueid: 'none' }, 'of a bridge that is not there'),
  asked('BridgeDestroy', {}, 'without a bridge'),
  asked('BridgeDestroy', { BridgeUniqueid: 'none' }, 'of a bridge that is not there'),
  asked('BridgeKick', {}, 'without a channel'),
  asked('BridgeKick', { Channel: 'none' }, 'of a channel that is not there'),
  asked('AgentLogoff', {}, 'without an agent'),
  asked('AgentLogoff', { Agent: 'none' }, 'of an agent that is not there'),
  asked('ControlPlayback', {}, 'without a channel'),
  asked('ControlPlayback', { Channel: 'none' }, 'without a control'),
  asked('ControlPlayback', { Channel: 'none', Control: 'stop' }, 'of a channel that is not there'),
  asked('AbsoluteTimeout', {}, 'without a channel'),
  asked('AbsoluteTimeout', { Channel: 'none' }, 'without a time'),
  asked('AbsoluteTimeout', { Channel: 'none', Timeout: 5 }, 'of a channel that is not there'),
  asked('MixMonitorMute', {}, 'without a channel'),
  asked('MixMonitorMute', { Channel: 'none', Direction: 'both', State: 1 }, 'of a channel that is not there'),
  asked('DialplanExtensionAdd', {}, 'without anything'),
  asked('DialplanExtensionRemove', {}, 'without anything'),
  asked('ShowDialPlan', { Context: 'nowhere' }, 'of a context that is not there'),
  asked('Challenge', { AuthType: 'none' }, 'of a kind that is not there'),
  asked('Login', { Username: 'admin', Secret: 's3cret' }, 'a second time'),
  asked('Events', { EventMask: 'call' }, 'with a mask', 'Events'),
  asked('Events', { EventMask: 'nonsense' }, 'with a mask of nothing', 'Events'),
]
