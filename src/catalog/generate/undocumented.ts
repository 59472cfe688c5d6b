import { words } from './words.js'

/** What `ListCommands` says of each action: the classes of which a user needs one. */
export const PRIVILEGES: Readonly<Record<string, readonly string[]>> = {
  agent: words(`
    AgentLogoff Agents QueueAdd QueueLog QueueMemberRingInUse QueuePause QueuePenalty QueueRemove
  `),
  agi: words(`AGI`),
  aoc: words(`AOCMessage`),
  call: words(`
    Atxfer BlindTransfer Bridge CancelAtxfer ChangeMonitor ConfbridgeKick ConfbridgeLock ConfbridgeMute
    ConfbridgeSetSingleVideoSrc ConfbridgeUnlock ConfbridgeUnmute ControlPlayback FAXSession FAXSessions Monitor Park
    ParkedCalls Parkinglots PauseMonitor PlayDTMF PlayMF Redirect SendFlash SendText Setvar StopMonitor UnpauseMonitor
  `),
  'call,reporting': words(`
    DeviceStateList ExtensionState ExtensionStateList Getvar MailboxCount MailboxStatus PresenceState PresenceStateList
    VoicemailBoxSummary VoicemailUserStatus VoicemailUsersList
  `),
  command: words(`Command`),
  config: words(`CreateConfig ListCategories UpdateConfig`),
  'config,reporting': words(`ShowDialPlan`),
  message: words(`MessageSend`),
  none: words(`
    BridgeDestroy BridgeInfo BridgeKick BridgeList BridgeTechnologyList BridgeTechnologySuspend BridgeTechnologyUnsuspend
    Challenge Events ListCommands Login Logoff Ping QueueChangePriorityCaller QueueReload QueueReset QueueRule QueueStatus
    QueueSummary QueueWithdrawCaller WaitEvent
  `),
  originate: words(`Originate`),
  reporting: words(`ConfbridgeList ConfbridgeListRooms FAXStats`),
  system: words(`
    ConfbridgeStartRecord ConfbridgeStopRecord DBDel DBDelTree DBPut DialplanExtensionAdd DialplanExtensionRemove Filter
    MixMonitor ModuleCheck ModuleLoad MuteAudio PJSIPNotify PJSIPSetMaintenance PJSIPShowAors PJSIPShowAuths
    PJSIPShowContacts PJSIPShowEndpoint PJSIPShowEndpoints PJSIPShowRegistrationInboundContactStatuses
    PJSIPShowRegistrationsInbound PJSIPShowResourceLists PJSIPShowSubscriptionsInbound PJSIPShowSubscriptionsOutbound
    SIPnotify SIPpeerstatus SorceryMemoryCacheExpire SorceryMemoryCacheExpireObject SorceryMemoryCachePopulate
    SorceryMemoryCacheStale SorceryMemoryCacheStaleObject
  `),
  'system,call': words(`AbsoluteTimeout Hangup LocalOptimizeAway MixMonitorMute PJSIPHangup StopMixMonitor`),
  'system,call,reporting': words(`Status`),
  'system,config': words(`GetConfig GetConfigJSON Reload`),
  'system,reporting': words(`
    CoreSettings CoreShowChannelMap CoreShowChannels CoreStatus DBGet DBGetTree IAXnetstats IAXpeerlist IAXpeers
    IAXregistry LoggerRotate PJSIPQualify PJSIPRegister PJSIPShowMaintenance PJSIPShowRegistrationsOutbound
    PJSIPUnregister SIPpeers SIPqualifypeer SIPshowpeer SIPshowregistry
  `),
  user: words(`UserEvent VoicemailForward VoicemailMove VoicemailRefresh VoicemailRemove`),
}

/** Names as the dialplan takes them (`Hangup(USER_BUSY)`), texts as `Cause-txt` has them, both seen on 16 and 22. */
export const HANGUP_CAUSES: readonly (readonly [code: number, name: string, text: string])[] = [
  [1, 'UNALLOCATED', 'Unallocated (unassigned) number'],
  [2, 'NO_ROUTE_TRANSIT_NET', 'No route to specified transmit network'],
  [3, 'NO_ROUTE_DESTINATION', 'No route to destination'],
  [5, 'MISDIALLED_TRUNK_PREFIX', 'Misdialed trunk prefix'],
  [6, 'CHANNEL_UNACCEPTABLE', 'Channel unacceptable'],
  [7, 'CALL_AWARDED_DELIVERED', 'Call awarded and being delivered in an established channel'],
  [8, 'PRE_EMPTED', 'Pre-empted'],
  [14, 'NUMBER_PORTED_NOT_HERE', 'Number ported elsewhere'],
  [16, 'NORMAL_CLEARING', 'Normal Clearing'],
  [17, 'USER_BUSY', 'User busy'],
  [18, 'NO_USER_RESPONSE', 'No user responding'],
  [19, 'NO_ANSWER', 'User alerting, no answer'],
  [20, 'SUBSCRIBER_ABSENT', 'Subscriber absent'],
  [21, 'CALL_REJECTED', 'Call Rejected'],
  [22, 'NUMBER_CHANGED', 'Number changed'],
  [23, 'REDIRECTED_TO_NEW_DESTINATION', 'Redirected to new destination'],
  [26, 'ANSWERED_ELSEWHERE', 'Answered elsewhere'],
  [27, 'DESTINATION_OUT_OF_ORDER', 'Destination out of order'],
  [28, 'INVALID_NUMBER_FORMAT', 'Invalid number format'],
  [29, 'FACILITY_REJECTED', 'Facility rejected'],
  [30, 'RESPONSE_TO_STATUS_ENQUIRY', 'Response to STATus ENQuiry'],
  [31, 'NORMAL_UNSPECIFIED', 'Normal, unspecified'],
  [34, 'NORMAL_CIRCUIT_CONGESTION', 'Circuit/channel congestion'],
  [38, 'NETWORK_OUT_OF_ORDER', 'Network out of order'],
  [41, 'NORMAL_TEMPORARY_FAILURE', 'Temporary failure'],
  [42, 'SWITCH_CONGESTION', 'Switching equipment congestion'],
  [43, 'ACCESS_INFO_DISCARDED', 'Access information discarded'],
  [44, 'REQUESTED_CHAN_UNAVAIL', 'Requested channel not available'],
  [50, 'FACILITY_NOT_SUBSCRIBED', 'Facility not subscribed'],
  [52, 'OUTGOING_CALL_BARRED', 'Outgoing call barred'],
  [54, 'INCOMING_CALL_BARRED', 'Incoming call barred'],
  [57, 'BEARERCAPABILITY_NOTAUTH', 'Bearer capability not authorized'],
  [58, 'BEARERCAPABILITY_NOTAVAIL', 'Bearer capability not available'],
  [65, 'BEARERCAPABILITY_NOTIMPL', 'Bearer capability not implemented'],
  [66, 'CHAN_NOT_IMPLEMENTED', 'Channel not implemented'],
  [69, 'FACILITY_NOT_IMPLEMENTED', 'Facility not implemented'],
  [81, 'INVALID_CALL_REFERENCE', 'Invalid call reference value'],
  [88, 'INCOMPATIBLE_DESTINATION', 'Incompatible destination'],
  [95, 'INVALID_MSG_UNSPECIFIED', 'Invalid message unspecified'],
  [96, 'MANDATORY_IE_MISSING', 'Mandatory information element is missing'],
  [97, 'MESSAGE_TYPE_NONEXIST', 'Message type nonexist.'],
  [98, 'WRONG_MESSAGE', 'Wrong message'],
  [99, 'IE_NONEXIST', 'Info. element nonexist or not implemented'],
  [100, 'INVALID_IE_CONTENTS', 'Invalid information element contents'],
  [101, 'WRONG_CALL_STATE', 'Message not compatible with call state'],
  [102, 'RECOVERY_ON_TIMER_EXPIRE', 'Recover on timer expiry'],
  [103, 'MANDATORY_IE_LENGTH_ERROR', 'Mandatory IE length error'],
  [111, 'PROTOCOL_ERROR', 'Protocol error, unspecified'],
  [127, 'INTERWORKING', 'Interworking, unspecified'],
]

/** `State` of DeviceStateChange; its place is the `Status` of a member of a queue. Seen on 16 and 22. */
export const DEVICE_STATES: readonly string[] = words(`UNKNOWN NOT_INUSE INUSE BUSY INVALID UNAVAILABLE RINGING RINGINUSE ONHOLD`)
