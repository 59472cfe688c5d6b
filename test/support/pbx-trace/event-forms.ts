import type { SimulatedBridge, SimulatedChannel } from './simulated-pbx.js'

export interface TracedEvent {
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
}

/** How a release says what happens. An act may be told by no event, by one, or by several. */
export interface EventForms {
  newchannel(channel: SimulatedChannel): TracedEvent[]
  newstate(channel: SimulatedChannel): TracedEvent[]
  localBridge(one: SimulatedChannel, two: SimulatedChannel): TracedEvent[]
  dialBegin(dialer: SimulatedChannel | undefined, dialed: SimulatedChannel): TracedEvent[]
  dialEnd(dialer: SimulatedChannel | undefined, dialed: SimulatedChannel, status: string): TracedEvent[]
  originateResponse(actionId: string, isSuccess: boolean, channel: SimulatedChannel): TracedEvent[]
  bridgeEnter(channel: SimulatedChannel, bridge: SimulatedBridge): TracedEvent[]
  bridgeLeave(channel: SimulatedChannel, bridge: SimulatedBridge): TracedEvent[]
  hold(channel: SimulatedChannel): TracedEvent[]
  unhold(channel: SimulatedChannel): TracedEvent[]
  hangupRequest(channel: SimulatedChannel, cause: number): TracedEvent[]
  hangup(channel: SimulatedChannel, cause: number): TracedEvent[]
  blindTransfer(transferer: SimulatedChannel, transferee: SimulatedChannel): TracedEvent[]
  pickup(picker: SimulatedChannel, target: SimulatedChannel): TracedEvent[]
  attendedTransfer(
    first: SimulatedChannel,
    second: SimulatedChannel,
    transferee: SimulatedChannel,
    target: SimulatedChannel,
  ): TracedEvent[]
  /** An item of `CoreShowChannels`. */
  listed(channel: SimulatedChannel): Record<string, string>
}

const STATES = ['Down', 'Rsrvd', 'OffHook', 'Dialing', 'Ring', 'Ringing', 'Up']
const CAUSES: Readonly<Record<number, string>> = { 16: 'Normal Clearing', 17: 'User busy', 26: 'Answered elsewhere' }

function told(name: string, ...parts: readonly Readonly<Record<string, string>>[]): TracedEvent[] {
  return [{ name, headers: Object.assign({}, ...parts) }]
}

/** The headers of a channel as of Asterisk 12, each behind a prefix. */
function snapshot(channel: SimulatedChannel | undefined, prefix = ''): Record<string, string> {
  if (channel === undefined) return {}
  const { name, state, number, exten, id, linkedId } = channel
  const headers = {
    Channel: name,
    ChannelState: String(state),
    ChannelStateDesc: STATES[state] ?? '',
    CallerIDNum: number,
    CallerIDName: '<unknown>',
    ConnectedLineNum: '<unknown>',
    ConnectedLineName: '<unknown>',
    Language: 'en',
    AccountCode: '',
    Context: 'default',
    Exten: exten,
    Priority: '1',
    Uniqueid: id,
    Linkedid: linkedId,
  }
  return Object.fromEntries(Object.entries(headers).map(([header, value]) => [`${prefix}${header}`, value]))
}

function bridgeOf({ id, isConference, members }: SimulatedBridge): Record<string, string> {
  return {
    BridgeUniqueid: id,
    BridgeType: isConference ? 'base' : 'basic',
    BridgeTechnology: isConference ? 'softmix' : 'simple_bridge',
    BridgeCreator: isConference ? 'ConfBridge' : '<unknown>',
    BridgeName: isConference ? 'room' : '<unknown>',
    BridgeNumChannels: String(members.length),
  }
}

function causeOf(cause: number): Record<string, string> {
  return { Cause: String(cause), 'Cause-txt': CAUSES[cause] ?? 'Unknown' }
}

/** Asterisk 12 and later. */
export const EVENTS_SINCE_12: EventForms = {
  newchannel: (channel) => told('Newchannel', snapshot(channel)),
  newstate: (channel) => told('Newstate', snapshot(channel)),
  localBridge: (one, two) =>
    told('LocalBridge', snapshot(one, 'LocalOne'), snapshot(two, 'LocalTwo'), {
      Context: 'default',
      Exten: 'x',
      LocalOptimization: 'No',
    }),
  dialBegin: (dialer, dialed) => told('DialBegin', snapshot(dialer), snapshot(dialed, 'Dest'), { DialString: dialed.number }),
  dialEnd: (dialer, dialed, status) => told('DialEnd', snapshot(dialer), snapshot(dialed, 'Dest'), { DialStatus: status }),
  originateResponse: (ActionID, isSuccess, { id, name, number }) =>
    told('OriginateResponse', {
      ActionID,
      Response: isSuccess ? 'Success' : 'Failure',
      Channel: isSuccess ? name : 'PJSIP/o',
      Context: 'default',
      Exten: '200',
      Reason: isSuccess ? '4' : '0',
      Uniqueid: id,
      CallerIDNum: number,
      CallerIDName: '<unknown>',
    }),
  bridgeEnter: (channel, bridge) => told('BridgeEnter', bridgeOf(bridge), snapshot(channel)),
  bridgeLeave: (channel, bridge) => told('BridgeLeave', bridgeOf(bridge), snapshot(channel)),
  hold: (channel) => told('Hold', snapshot(channel), { MusicClass: 'default' }),
  unhold: (channel) => told('Unhold', snapshot(channel)),
  hangupRequest: (channel, cause) => told('HangupRequest', snapshot(channel), { Cause: String(cause) }),
  hangup: (channel, cause) => told('Hangup', snapshot(channel), causeOf(cause)),
  blindTransfer: (transferer, transferee) =>
    told('BlindTransfer', { Result: 'Success' }, snapshot(transferer, 'Transferer'), snapshot(transferee, 'Transferee'), {
      IsExternal: 'Yes',
      Context: 'default',
      Extension: '300',
    }),
  pickup: (picker, target) => told('Pickup', snapshot(picker), snapshot(target, 'Target')),
  attendedTransfer: (first, second, transferee, target) =>
    told(
      'AttendedTransfer',
      { Result: 'Success' },
      snapshot(first, 'OrigTransferer'),
      snapshot(second, 'SecondTransferer'),
      snapshot(transferee, 'Transferee'),
      snapshot(target, 'TransferTarget'),
      { IsExternal: 'Yes', DestType: 'Bridge' },
    ),
  listed: (channel) => ({
    ...snapshot(channel),
    Application: channel.dialer === undefined ? 'Dial' : 'AppDial',
    ApplicationData: '',
    Duration: '00:00:05',
    BridgeId: channel.bridge?.id ?? '',
  }),
}

/** What 1.8 to 11 say of a channel beside its state: no Linkedid, and the extension only at its birth. */
function oldChannel({ name, number, id }: SimulatedChannel): Record<string, string> {
  return { Channel: name, CallerIDNum: number, CallerIDName: '', ConnectedLineNum: '', ConnectedLineName: '', Uniqueid: id }
}

function oldState({ state }: SimulatedChannel): Record<string, string> {
  return { ChannelState: String(state), ChannelStateDesc: STATES[state] ?? '' }
}

/** The two in a bridge of before 12, once there are two. */
function oldPair(channel: SimulatedChannel, { members }: SimulatedBridge): Record<string, string> | undefined {
  const other = members.find((member) => member !== channel)
  if (other === undefined) return undefined
  const [one, two] = [channel, other]
  return {
    Channel1: one.name,
    Channel2: two.name,
    Uniqueid1: one.id,
    Uniqueid2: two.id,
    CallerID1: one.number,
    CallerID2: two.number,
  }
}

/** Asterisk 1.8 to 11, as public recordings of theirs have it. Their conferences are no bridges, and are left out. */
export const EVENTS_BEFORE_12: EventForms = {
  newchannel: (channel) =>
    told('Newchannel', oldChannel(channel), oldState(channel), { AccountCode: '', Exten: channel.exten, Context: 'default' }),
  newstate: (channel) => told('Newstate', oldChannel(channel), oldState(channel)),
  localBridge: (one, two) =>
    told('LocalBridge', {
      Channel1: one.name,
      Channel2: two.name,
      Uniqueid1: one.id,
      Uniqueid2: two.id,
      Context: 'default',
      Exten: 'x',
      LocalOptimization: 'No',
    }),
  dialBegin: (dialer, dialed) =>
    told('Dial', {
      SubEvent: 'Begin',
      Channel: dialer?.name ?? '',
      Destination: dialed.name,
      CallerIDNum: dialer?.number ?? '',
      CallerIDName: '',
      ConnectedLineNum: '',
      ConnectedLineName: '',
      UniqueID: dialer?.id ?? '',
      DestUniqueID: dialed.id,
      Dialstring: dialed.number,
    }),
  dialEnd: (dialer, _, status) =>
    dialer === undefined ? [] : told('Dial', { SubEvent: 'End', Channel: dialer.name, UniqueID: dialer.id, DialStatus: status }),
  originateResponse: (...all) => EVENTS_SINCE_12.originateResponse(...all),
  bridgeEnter: (channel, bridge) => {
    const pair = oldPair(channel, bridge)
    return pair === undefined ? [] : told('Bridge', { Bridgestate: 'Link', Bridgetype: 'core' }, pair)
  },
  bridgeLeave: (channel, bridge) => {
    const pair = oldPair(channel, { ...bridge, members: [channel, ...bridge.members] })
    return pair === undefined ? [] : told('Unlink', pair)
  },
  hold: (channel) => told('Hold', { Status: 'On', Channel: channel.name, Uniqueid: channel.id }),
  unhold: (channel) => told('Hold', { Status: 'Off', Channel: channel.name, Uniqueid: channel.id }),
  hangupRequest: (channel, cause) => told('HangupRequest', { Channel: channel.name, Uniqueid: channel.id, Cause: String(cause) }),
  hangup: (channel, cause) => told('Hangup', { ...oldChannel(channel), AccountCode: '' }, causeOf(cause)),
  // These releases transfer and pick up by masquerade, which is not simulated; their drivers' own event "Transfer" nobody reads.
  blindTransfer: () => [],
  pickup: () => [],
  attendedTransfer: () => [],
  listed: (channel) => {
    const other = channel.bridge?.members.find((member) => member !== channel)
    return {
      ...oldChannel(channel),
      ...oldState(channel),
      Context: 'default',
      Extension: channel.exten,
      Priority: '1',
      Application: channel.dialer === undefined ? 'Dial' : 'AppDial',
      ApplicationData: '',
      Duration: '00:00:05',
      AccountCode: '',
      BridgedChannel: other?.name ?? '',
      BridgedUniqueID: other?.id ?? '',
    }
  },
}
