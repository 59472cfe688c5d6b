import type { Field } from './entries.js'

const CHANNEL = [
  'Channel',
  'ChannelState',
  'ChannelStateDesc',
  'CallerIDNum',
  'CallerIDName',
  'ConnectedLineNum',
  'ConnectedLineName',
  'Language',
  'AccountCode',
  'Context',
  'Exten',
  'Priority',
  'Uniqueid',
  'Linkedid',
]

const BRIDGE = [
  'BridgeUniqueid',
  'BridgeType',
  'BridgeTechnology',
  'BridgeCreator',
  'BridgeName',
  'BridgeNumChannels',
  'BridgeVideoSourceMode',
]

/** `ChannelState` and `ChannelStateDesc` (`main/channel.c`). */
export const CHANNEL_STATES: readonly string[] = [
  'Down',
  'Rsrvd',
  'OffHook',
  'Dialing',
  'Ring',
  'Ringing',
  'Up',
  'Busy',
  'Dialing Offhook',
  'Pre-ring',
]

const VIDEO_SOURCE_MODES = ['none', 'talker', 'single']

/** What `<channel_snapshot prefix="Dest"/>` stands for (`doc/appdocsxml.xslt`). */
export function channelHeaders(prefix = ''): Field[] {
  return CHANNEL.map((name) => ({
    name: prefix + name,
    required: undefined,
    values: name === 'ChannelStateDesc' ? CHANNEL_STATES : [],
  }))
}

/** What `<bridge_snapshot prefix="Orig"/>` stands for (`doc/appdocsxml.xslt`). */
export function bridgeHeaders(prefix = ''): Field[] {
  return [
    ...BRIDGE.map((name) => ({
      name: prefix + name,
      required: undefined,
      values: name === 'BridgeVideoSourceMode' ? VIDEO_SOURCE_MODES : [],
    })),
    { name: `${prefix}BridgeVideoSource`, required: false, values: [] },
  ]
}
