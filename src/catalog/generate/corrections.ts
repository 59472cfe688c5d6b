/**
 * What Asterisk's documentation leaves out or has wrong, as seen on real servers: `on` names the releases. Regenerate after a change
 * (`npm run generate`); `npm run test:asterisk` compares with real servers.
 */
import type { Corrections, ListCorrection } from './correction.js'
import type { Field, Release } from './entries.js'
import { bridgeHeaders as bridge, channelHeaders as channel } from './snapshots.js'
import { DEVICE_STATES } from './undocumented.js'
import { words } from './words.js'

const BOTH: readonly Release[] = [16, 22]

/** Events that are sent by another name than the documented. */
const spellings: Corrections['spellings'] = {
  NewExten: { on: BOTH, event: 'Newexten' },
}

/** Headers that follow each channel snapshot: manager.conf's `channelvars`, and the tenant of a channel (read in `main/manager_channels.c`). */
const snapshotHeaders: Corrections['snapshotHeaders'] = [
  { on: BOTH, header: sometimes('ChanVariable') },
  { on: [22], header: sometimes('Tenantid') },
]

const SENDER_REPORT = ['SentNTP', 'SentRTP', 'SentPackets', 'SentOctets']

const VOICEMAIL_USER = words(
  `VMContext VoiceMailbox Fullname Email Pager ServerEmail FromString MailCommand Language TimeZone Callback Dialout UniqueID ExitContext
  SayDurationMinimum SayEnvelope SayCID AttachMessage AttachmentFormat DeleteMessage VolumeGain CanReview CanMarkUrgent CallOperator
  MaxMessageCount MaxMessageLength NewMessageCount OldMessageCount`,
)

const events: Corrections['events'] = {
  AgentComplete: [{ on: BOTH, sometimes: names([...channel(), ...channel('Dest')]) }],
  AgentLogoff: [{ on: [16], adds: channel() }],
  Agents: [{ on: BOTH, sometimes: ['LoggedInTime', 'TalkingToChan', 'CallStarted', ...names(channel())] }],
  AorDetail: [{ on: [16], adds: ['QualifyTimeout', 'VoicemailExtension', 'Contacts'] }],
  AorList: [{ on: [16], adds: ['QualifyTimeout', 'VoicemailExtension', 'Contacts'] }],
  AsyncAGIExec: [{ on: BOTH, drops: ['CommandID'], adds: ['CommandId'], sometimes: ['CommandId'] }],
  AttendedTransfer: [
    { on: [16], adds: channel('TransferTarget') },
    {
      on: BOTH,
      adds: ['Result', 'IsExternal'],
      sometimes: [
        'DestBridgeUniqueid',
        'DestApp',
        'DestTransfererChannel',
        ...names([...bridge('Orig'), ...bridge('Second')]),
        ...names([...channel('LocalOne'), ...channel('LocalTwo'), ...channel('TransferTarget'), ...channel('Transferee')]),
      ],
    },
  ],
  AuthDetail: [{ on: BOTH, sometimes: ['EndpointName'] }],
  BlindTransfer: [{ on: BOTH, sometimes: names([...channel('Transferee'), ...bridge()]) }],
  BridgeEnter: [{ on: BOTH, sometimes: ['SwapUniqueid'] }],
  BridgeListItem: [{ on: BOTH, adds: bridge() }],
  BridgeMerge: [{ on: [16], class: 'call', adds: [...bridge('To'), ...bridge('From')] }],
  BridgeTechnologyListItem: [{ on: BOTH, adds: ['BridgeTechnology', 'BridgeType', 'BridgePriority', 'BridgeSuspended'] }],
  CEL: [
    { on: BOTH, class: 'call', drops: ['UserField'], adds: ['Channel', 'Userfield'] },
    { on: [22], adds: ['TenantID'], sometimes: ['TenantID'] },
  ],
  Cdr: [{ on: BOTH, open: true }],
  ChannelTalkingStart: [{ on: BOTH, class: 'call' }],
  ChannelTalkingStop: [{ on: BOTH, class: 'call' }],
  ChallengeResponseFailed: [{ on: BOTH, sometimes: ['Module', 'SessionTV'] }],
  ChallengeSent: [{ on: BOTH, sometimes: ['Module', 'SessionTV'] }],
  ChannelHungup: [{ on: BOTH, adds: ['Channel'] }],
  ConfbridgeList: [{ on: [22], adds: ['EndMarkedAny'] }],
  ConfbridgeListRooms: [{ on: [16], adds: ['Conference', 'Parties', 'Marked', 'Locked', 'Muted'] }],
  ContactStatusDetail: [{ on: BOTH, sometimes: ['ViaAddress', 'CallID'] }],
  CoreShowChannelMap: [{ on: [22], adds: ['Channel', 'ConnectedChannel'], sometimes: ['Channel', 'ConnectedChannel'] }],
  DBGetResponse: [{ on: BOTH, adds: ['Family', 'Key', 'Val'] }],
  DBGetTreeResponse: [{ on: BOTH, adds: ['Key', 'Val'] }],
  DTMFBegin: [{ on: [16], class: 'dtmf', adds: [...channel(), 'Digit', 'Direction'] }],
  DTMFEnd: [{ on: [16], class: 'dtmf', adds: [...channel(), 'Digit', 'DurationMs', 'Direction'] }],
  DeviceStateChange: [{ on: BOTH, adds: [{ name: 'State', required: undefined, values: DEVICE_STATES }] }],
  DialBegin: [{ on: BOTH, sometimes: names(channel()) }],
  DialEnd: [{ on: BOTH, sometimes: names([...channel(), 'Forward']) }],
  DialState: [{ on: BOTH, sometimes: names([...channel(), 'Forward']) }],
  EndpointDetail: [
    {
      on: [16],
      adds: words(`
        RpidImmediate Webrtc Ignore183WithoutSdp DtlsFingerprint SuppressQ850ReasonHeaders
        MwiSubscribeReplacesUnsolicited FollowEarlyMediaFork ReferBlindProgress MaxAudioStreams Bundle
        FaxDetectTimeout RtpTimeoutHold VoicemailExtension RtpTimeout StirShaken ContactAcl GeolocOutgoingCallProfile
        SendHistoryInfo DtlsAutoGenerateCert AsymmetricRtpCodec GeolocIncomingCallProfile NotifyEarlyInuseRinging
        IncomingMwiMailbox AllowUnauthenticatedOptions StirShakenProfile BindRtpToMediaAddress AllowOverlap
        G726NonStandard Acl RtcpMux MaxVideoStreams AcceptMultipleSdpAnswers RtpKeepalive
      `),
    },
    { on: [22], adds: ['FollowRedirectMethods'] },
  ],
  EndpointList: [{ on: [16], adds: ['Contacts'] }],
  FailedACL: [{ on: BOTH, sometimes: ['Module', 'ACLName'] }],
  Hangup: [{ on: [22], sometimes: ['TechCause'] }],
  HangupRequest: [
    { on: [22], adds: ['TechCause'], sometimes: ['TechCause'] },
    { on: BOTH, sometimes: ['Cause'] },
  ],
  Hold: [{ on: BOTH, sometimes: ['MusicClass'] }],
  InboundRegistrationDetail: [
    {
      on: [16],
      adds: words(`
        ObjectType ObjectName MinimumExpiration DefaultExpiration QualifyTimeout Mailboxes SupportPath
        RemoveUnavailable VoicemailExtension MaxContacts AuthenticateQualify Contact MaximumExpiration
        QualifyFrequency RemoveExisting OutboundProxy Contacts
      `),
    },
  ],
  InvalidAccountID: [{ on: BOTH, sometimes: ['Module'] }],
  InvalidPassword: [{ on: BOTH, sometimes: ['Module', 'Challenge', 'ReceivedChallenge', 'ReceivedHash'] }],
  ListDialplan: [
    {
      on: BOTH,
      adds: words(`Context Extension ExtensionLabel Priority Application AppData Registrar IncludeContext Switch IgnorePattern`),
      sometimes: words(`Extension ExtensionLabel Priority Application AppData IncludeContext Switch IgnorePattern`),
    },
  ],
  OriginateResponse: [{ on: BOTH, sometimes: ['Application', 'Data', 'Context', 'Exten'] }],
  OutboundRegistrationDetail: [
    {
      on: [16],
      adds: words(`
        ObjectType ObjectName MaxRetries ClientUri AuthRejectionPermanent ServerUri MaxRandomInitialDelay SupportPath
        RetryInterval Expiration Transport Line ContactUser Endpoint ForbiddenRetryInterval OutboundAuth OutboundProxy
        FatalRetryInterval Status NextReg
      `),
    },
  ],
  OutboundRegistrationDetailComplete: [{ on: BOTH, adds: ['Registered', 'NotRegistered'] }],
  ParkedCallGiveUp: [{ on: BOTH, sometimes: names(channel('Parker')) }],
  ParkedCallTimeOut: [{ on: BOTH, sometimes: names(channel('Parker')) }],
  ParkedCallsComplete: [{ on: BOTH, adds: ['Total'] }],
  Parkinglot: [{ on: BOTH, adds: ['Name', 'StartSpace', 'StopSpace', 'Timeout'] }],
  PeerEntry: [
    {
      on: BOTH,
      adds: words(`
        Channeltype ObjectName ChanObjectType IPaddress IPport Mask Port Dynamic Trunk Encryption Status Description
      `),
      sometimes: ['IPport', 'Mask', 'Port', 'Trunk', 'Encryption', 'Description'],
    },
    {
      on: [16],
      adds: words(`
        AutoForcerport Forcerport AutoComedia Comedia VideoSupport TextSupport ACL RealtimeDevice Accountcode
      `),
      sometimes: words(`
        AutoForcerport Forcerport AutoComedia Comedia VideoSupport TextSupport ACL RealtimeDevice Accountcode
      `),
    },
  ],
  PeerStatus: [{ on: BOTH, sometimes: ['Cause', 'Address', 'Port', 'Time'] }],
  QueueMember: [
    {
      on: BOTH,
      adds: words(
        `Queue Name Location StateInterface Membership Penalty CallsTaken LastCall LastPause LoginTime InCall Status Paused PausedReason
        Wrapuptime`,
      ),
    },
  ],
  QueueMemberPause: [{ on: [16], sometimes: ['Reason'] }],
  QueueParams: [
    {
      on: BOTH,
      drops: ['ServiceLevelPerf', 'ServiceLevelPerf2'],
      adds: ['Queue', 'ServiceLevel', 'ServicelevelPerf', 'ServicelevelPerf2', 'Weight'],
    },
  ],
  QueueSummary: [{ on: BOTH, adds: ['Queue', 'LoggedIn', 'Available', 'Callers', 'HoldTime', 'TalkTime', 'LongestHoldTime'] }],
  Registry: [{ on: BOTH, sometimes: ['Cause'] }],
  RequestBadFormat: [{ on: BOTH, sometimes: ['Module', 'RequestParams'] }],
  RTCPReceived: [
    { on: BOTH, adds: ['To'], sometimes: SENDER_REPORT },
    { on: [22], adds: ['MES'] },
  ],
  RTCPSent: [
    { on: BOTH, adds: ['From'], sometimes: SENDER_REPORT },
    { on: [22], adds: ['MES'] },
  ],
  ShowDialPlanComplete: [{ on: BOTH, adds: ['ListExtensions', 'ListPriorities', 'ListContexts'] }],
  SoftHangupRequest: [{ on: [22], adds: ['TechCause'], sometimes: ['TechCause'] }],
  Status: [{ on: BOTH, adds: ['Variable'], sometimes: ['Variable'] }],
  SuccessfulAuth: [{ on: BOTH, sometimes: ['Module', 'SessionTV'] }],
  TestEvent: [{ on: BOTH, class: 'reporting', adds: ['Type', 'State', 'AppFile', 'AppFunction', 'AppLine'], open: true }],
  TransportDetail: [
    { on: BOTH, drops: ['AsycOperations'], adds: ['AsyncOperations'] },
    { on: [16], adds: ['AllowReload', 'AllowWildcardCerts', 'SymmetricTransport'] },
  ],
  UnParkedCall: [{ on: BOTH, sometimes: names(channel('Parker')) }],
  UserEvent: [{ on: BOTH, sometimes: names(channel()), open: true }],
  // A global variable has the Channel and the Uniqueid `none`.
  VarSet: [{ on: BOTH, sometimes: names(channel()).filter((name) => name !== 'Channel' && name !== 'Uniqueid') }],
  VoicemailBoxDetail: [{ on: [22], adds: words(`Folder CallerID Date Duration Flag ID`) }],
  VoicemailUserDetail: [{ on: BOTH, adds: VOICEMAIL_USER }],
  VoicemailUserEntry: [{ on: BOTH, adds: VOICEMAIL_USER }],
}

/**
 * Events of which enough was seen to say that what is not `sometimes` is always there. The headers of the others are all optional.
 */
const observed: Corrections['observed'] = {
  16: words(`
    AGIExecEnd AGIExecStart AgentCalled AgentComplete AgentConnect AgentLogin AgentLogoff AgentRingNoAnswer Agents
    AgentsComplete AorDetail AorList AorListComplete AsyncAGIEnd AsyncAGIExec AsyncAGIStart AttendedTransfer AuthDetail
    AuthList AuthListComplete BlindTransfer BridgeCreate BridgeDestroy BridgeEnter BridgeInfoChannel BridgeInfoComplete
    BridgeLeave BridgeListComplete BridgeListItem BridgeMerge BridgeTechnologyListComplete BridgeTechnologyListItem
    BridgeVideoSourceUpdate CEL Cdr ChallengeResponseFailed ChallengeSent ChanSpyStart ChanSpyStop ChannelHungup
    ChannelTalkingStart ChannelsHungupListComplete ConfbridgeEnd ConfbridgeJoin ConfbridgeLeave ConfbridgeList
    ConfbridgeListComplete ConfbridgeListRooms ConfbridgeListRoomsComplete ConfbridgeMute ConfbridgeRecord ConfbridgeStart
    ConfbridgeStopRecord ConfbridgeTalking ConfbridgeUnmute ContactList ContactListComplete ContactStatus
    ContactStatusDetail ContactStatusDetailComplete CoreShowChannel CoreShowChannelsComplete DBGetComplete DBGetResponse
    DBGetTreeComplete DBGetTreeResponse DTMFBegin DTMFEnd DeviceStateChange DeviceStateListComplete DialBegin DialEnd
    DialState EndpointDetailComplete EndpointList EndpointListComplete ExtensionStateListComplete ExtensionStatus
    FAXSessionsComplete FAXStats FailedACL FullyBooted Hangup HangupHandlerPop HangupHandlerPush HangupHandlerRun
    HangupRequest Hold IdentifyDetail InboundRegistrationDetail InboundRegistrationDetailComplete
    InboundSubscriptionDetailComplete InvalidAccountID InvalidPassword ListDialplan Load LocalBridge
    LocalOptimizationBegin LocalOptimizationEnd MixMonitorMute MixMonitorStart MixMonitorStop MonitorStart MonitorStop
    MusicOnHoldStart MusicOnHoldStop NewAccountCode NewCallerid NewConnectedLine Newchannel Newexten Newstate
    OriginateResponse OutboundRegistrationDetail OutboundRegistrationDetailComplete OutboundSubscriptionDetailComplete
    ParkedCall ParkedCallGiveUp ParkedCallTimeOut ParkedCallsComplete Parkinglot ParkinglotsComplete PeerEntry PeerStatus
    PeerlistComplete Pickup PresenceStateChange PresenceStateListComplete PresenceStatus QueueCallerAbandon
    QueueCallerJoin QueueCallerLeave QueueEntry QueueMember QueueMemberAdded QueueMemberPause QueueMemberPenalty
    QueueMemberRemoved QueueMemberRinginuse QueueMemberStatus QueueParams QueueStatusComplete QueueSummary
    QueueSummaryComplete RTCPReceived RTCPSent Registry Reload RequestBadFormat SIPpeerstatusComplete ShowDialPlanComplete
    Shutdown SoftHangupRequest Status StatusComplete SuccessfulAuth TestEvent UnParkedCall Unhold Unload UserEvent VarSet
  `),
  22: words(`
    AGIExecEnd AGIExecStart AgentCalled AgentComplete AgentConnect AgentLogin AgentLogoff AgentRingNoAnswer Agents
    AgentsComplete AorDetail AorList AorListComplete AsyncAGIEnd AsyncAGIExec AsyncAGIStart AttendedTransfer AuthDetail
    AuthList AuthListComplete BlindTransfer BridgeCreate BridgeDestroy BridgeEnter BridgeInfoChannel BridgeInfoComplete
    BridgeLeave BridgeListComplete BridgeListItem BridgeMerge BridgeTechnologyListComplete BridgeTechnologyListItem
    BridgeVideoSourceUpdate CEL Cdr ChallengeResponseFailed ChallengeSent ChanSpyStart ChanSpyStop ChannelHungup
    ChannelTalkingStart ChannelsHungupListComplete ConfbridgeEnd ConfbridgeJoin ConfbridgeLeave ConfbridgeList
    ConfbridgeListComplete ConfbridgeListRooms ConfbridgeListRoomsComplete ConfbridgeMute ConfbridgeRecord ConfbridgeStart
    ConfbridgeStopRecord ConfbridgeTalking ConfbridgeUnmute ContactList ContactListComplete ContactStatus
    ContactStatusDetail ContactStatusDetailComplete CoreShowChannel CoreShowChannelMap CoreShowChannelMapComplete
    CoreShowChannelsComplete DBGetComplete DBGetResponse DBGetTreeComplete DBGetTreeResponse DTMFBegin DTMFEnd
    DeviceStateChange DeviceStateListComplete DialBegin DialEnd DialState EndpointDetail EndpointDetailComplete
    EndpointList EndpointListComplete ExtensionStateListComplete ExtensionStatus FAXSessionsComplete FAXStats FailedACL
    FullyBooted Hangup HangupHandlerPop HangupHandlerPush HangupHandlerRun HangupRequest Hold IdentifyDetail
    InboundRegistrationDetail InboundRegistrationDetailComplete InboundSubscriptionDetailComplete InvalidAccountID
    InvalidPassword ListDialplan Load LocalBridge LocalOptimizationBegin LocalOptimizationEnd MessageWaiting
    MixMonitorMute MixMonitorStart MixMonitorStop MusicOnHoldStart MusicOnHoldStop NewAccountCode NewCallerid
    NewConnectedLine Newchannel Newexten Newstate OriginateResponse OutboundRegistrationDetail
    OutboundRegistrationDetailComplete OutboundSubscriptionDetailComplete PJSIPMaintenanceStatusComplete ParkedCall
    ParkedCallGiveUp ParkedCallTimeOut ParkedCallsComplete Parkinglot ParkinglotsComplete PeerEntry PeerStatus
    PeerlistComplete Pickup PresenceStateChange PresenceStateListComplete PresenceStatus QueueCallerAbandon
    QueueCallerJoin QueueCallerLeave QueueEntry QueueMember QueueMemberAdded QueueMemberPause QueueMemberPenalty
    QueueMemberRemoved QueueMemberRinginuse QueueMemberStatus QueueParams QueueStatusComplete QueueSummary
    QueueSummaryComplete RTCPReceived RTCPSent Registry Reload RequestBadFormat ShowDialPlanComplete Shutdown
    SoftHangupRequest Status StatusComplete SuccessfulAuth TestEvent UnParkedCall Unhold Unload UserEvent VarSet
    VoicemailBoxDetail VoicemailBoxDetailComplete VoicemailUserDetail VoicemailUserDetailComplete VoicemailUserEntry
    VoicemailUserEntryComplete
  `),
}

const VARIABLES =
  'Asterisk parts it at commas: a value that holds one sets a second variable. The option `variables` escapes what it is given.'
const EVALUATED = 'A name that ends in `)` is a dialplan function, which Asterisk runs: never build it from the text of others.'

const actions: Corrections['actions'] = {
  Getvar: [{ on: BOTH, remarks: { Variable: EVALUATED } }],
  Login: [{ on: [16], adds: ['AuthType', 'Key', 'Events'] }],
  MessageSend: [{ on: BOTH, repeats: ['Variable'], remarks: { Variable: VARIABLES } }],
  MixMonitor: [{ on: BOTH, remarks: { Command: 'Asterisk runs it in a shell when the recording has ended.' } }],
  Originate: [
    {
      on: BOTH,
      repeats: ['Variable'],
      remarks: {
        Data: 'Asterisk hands it to the application, which parts its arguments at commas and may evaluate them.',
        Variable: VARIABLES,
      },
    },
  ],
  PJSIPHangup: [{ on: [22], anyValue: ['Cause'] }],
  PJSIPNotify: [{ on: BOTH, repeats: ['Variable'], remarks: { Variable: VARIABLES } }],
  SIPnotify: [{ on: [16], repeats: ['Variable'], remarks: { Variable: VARIABLES } }],
  Setvar: [{ on: BOTH, remarks: { Variable: EVALUATED } }],
  UserEvent: [{ on: BOTH, drops: ['Header1', 'HeaderN'], open: true }],
}

/** Lists that the documentation does not describe. Those of MWI, Meetme, DAHDI and PRI were read in the source. */
const lists: Corrections['lists'] = {
  Agents: list('Agents', 'AgentsComplete'),
  BridgeList: list('BridgeListItem', 'BridgeListComplete'),
  BridgeTechnologyList: list('BridgeTechnologyListItem', 'BridgeTechnologyListComplete'),
  ConfbridgeList: list('ConfbridgeList', 'ConfbridgeListComplete'),
  ConfbridgeListRooms: list('ConfbridgeListRooms', 'ConfbridgeListRoomsComplete'),
  CoreShowChannelMap: list('CoreShowChannelMap', 'CoreShowChannelMapComplete', [22]),
  DAHDIShowChannels: list('DAHDIShowChannels', 'DAHDIShowChannelsComplete'),
  DAHDIShowStatus: list('DAHDIShowStatus', 'DAHDIShowStatusComplete'),
  DBGet: { ...list('DBGetResponse', 'DBGetComplete'), single: true },
  DBGetTree: list('DBGetTreeResponse', 'DBGetTreeComplete'),
  FAXSession: { ...list('FAXSession', undefined), single: true, unannounced: true },
  FAXSessions: list('FAXSessionsEntry', 'FAXSessionsComplete'),
  FAXStats: { ...list('FAXStats', undefined), single: true, unannounced: true },
  Hangup: { ...list('ChannelHungup', 'ChannelsHungupListComplete'), notAlways: true },
  IAXpeerlist: list('PeerEntry', 'PeerlistComplete'),
  IAXpeers: { ...list('PeerEntry', 'PeerlistComplete'), itemsWithoutActionID: true },
  IAXregistry: list('RegistryEntry', 'RegistrationsComplete'),
  MeetmeList: list('MeetmeList', 'MeetmeListComplete'),
  MeetmeListRooms: list('MeetmeListRooms', 'MeetmeListRoomsComplete'),
  MWIGet: list('MWIGet', 'MWIGetComplete'),
  ParkedCalls: list('ParkedCall', 'ParkedCallsComplete'),
  Parkinglots: list('Parkinglot', 'ParkinglotsComplete'),
  PJSIPShowMaintenance: list('PJSIPMaintenanceStatus', 'PJSIPMaintenanceStatusComplete', [22]),
  PJSIPShowRegistrationInboundContactStatuses: list('ContactStatusDetail', 'ContactStatusDetailComplete'),
  PJSIPShowRegistrationsInbound: list('InboundRegistrationDetail', 'InboundRegistrationDetailComplete'),
  PJSIPShowRegistrationsOutbound: list('OutboundRegistrationDetail AuthDetail', 'OutboundRegistrationDetailComplete'),
  PJSIPShowResourceLists: list('ResourceListDetail', 'ResourceListDetailComplete'),
  PJSIPShowSubscriptionsInbound: list('InboundSubscriptionDetail', 'InboundSubscriptionDetailComplete'),
  PJSIPShowSubscriptionsOutbound: list('OutboundSubscriptionDetail', 'OutboundSubscriptionDetailComplete'),
  PRIShowSpans: list('PRIShowSpans', 'PRIShowSpansComplete'),
  QueueStatus: list('QueueParams QueueMember QueueEntry', 'QueueStatusComplete'),
  QueueSummary: list('QueueSummary', 'QueueSummaryComplete'),
  ShowDialPlan: list('ListDialplan', 'ShowDialPlanComplete'),
  SIPpeers: list('PeerEntry', 'PeerlistComplete', [16]),
  SIPpeerstatus: list('PeerStatus', 'SIPpeerstatusComplete', [16]),
  SIPshowregistry: list('RegistryEntry', 'RegistrationsComplete', [16]),
  VoicemailBoxSummary: list('VoicemailBoxDetail', 'VoicemailBoxDetailComplete', [22]),
  VoicemailUsersList: list('VoicemailUserEntry', 'VoicemailUserEntryComplete'),
  VoicemailUserStatus: list('VoicemailUserDetail', 'VoicemailUserDetailComplete'),
  WaitEvent: { ...list('', 'WaitEventComplete'), unannounced: true },
}

const agiCommands: Corrections['agiCommands'] = {
  EXEC: [{ on: BOTH, optional: ['options'] }],
  NOOP: [{ on: BOTH, adds: [{ name: 'text', required: false, values: [] }] }],
  'RECORD FILE': [{ on: BOTH, renames: { 's=silence': 'silence' } }],
  'SAY ALPHA': [
    { on: BOTH, renames: { number: 'text' }, adds: [{ name: 'letters', required: false, values: ['a', 'l', 'n', 'u'] }] },
  ],
  'SET CALLERID': [{ on: BOTH, renames: { number: 'callerid' } }],
  'SET MUSIC': [{ on: BOTH, renames: { class: 'music_class' }, optional: ['class'] }],
  'TDD MODE': [{ on: BOTH, values: { boolean: ['on', 'off', 'mate', 'tdd'] } }],
  VERBOSE: [{ on: BOTH, optional: ['level'] }],
}

export const CORRECTIONS: Corrections = { spellings, snapshotHeaders, events, observed, actions, lists, agiCommands }

function list(items: string, completion: string | undefined, on = BOTH): ListCorrection {
  return { on, items: words(items), completion }
}

function sometimes(name: string): Field {
  return { name, required: false, values: [] }
}

function names(fields: readonly (string | Field)[]): string[] {
  return fields.map((field) => (typeof field === 'string' ? field : field.name))
}
