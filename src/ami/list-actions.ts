/** How the list of an action ends. */
export interface ListShape {
  /** The event that completes the list. */
  readonly completion: string
  /** Where nothing announces the list, it is one event, which is its item and its end. */
  readonly single: boolean
  /** No release announces this list. */
  readonly neverAnnounced: boolean
  /** Items of this name carry no ActionID; they are known by their place, between response and completion. */
  readonly itemsWithoutActionID: string | undefined
}

/**
 * The actions that answer with a list, and the event that completes it. Current releases announce their lists by
 * `EventList: start`; this table is for the ones that no release announces (WaitEvent), for releases before 12 that
 * announced none, and for what a server's side has to send.
 *
 * Verified on 16.28 and 22.10, but for MWIGet, Meetme*, DAHDI* and PRIShowSpans (read in the source).
 */
const COMPLETIONS: Readonly<Record<string, string>> = {
  Agents: 'AgentsComplete',
  BridgeInfo: 'BridgeInfoComplete',
  BridgeList: 'BridgeListComplete',
  BridgeTechnologyList: 'BridgeTechnologyListComplete',
  ConfbridgeList: 'ConfbridgeListComplete',
  ConfbridgeListRooms: 'ConfbridgeListRoomsComplete',
  CoreShowChannelMap: 'CoreShowChannelMapComplete',
  CoreShowChannels: 'CoreShowChannelsComplete',
  DAHDIShowChannels: 'DAHDIShowChannelsComplete',
  DAHDIShowStatus: 'DAHDIShowStatusComplete',
  DBGetTree: 'DBGetTreeComplete',
  DeviceStateList: 'DeviceStateListComplete',
  ExtensionStateList: 'ExtensionStateListComplete',
  FAXSessions: 'FAXSessionsComplete',
  IAXpeerlist: 'PeerlistComplete',
  IAXpeers: 'PeerlistComplete',
  IAXregistry: 'RegistrationsComplete',
  MeetmeList: 'MeetmeListComplete',
  MeetmeListRooms: 'MeetmeListRoomsComplete',
  MWIGet: 'MWIGetComplete',
  ParkedCalls: 'ParkedCallsComplete',
  Parkinglots: 'ParkinglotsComplete',
  PJSIPShowAors: 'AorListComplete',
  PJSIPShowAuths: 'AuthListComplete',
  PJSIPShowContacts: 'ContactListComplete',
  PJSIPShowEndpoint: 'EndpointDetailComplete',
  PJSIPShowEndpoints: 'EndpointListComplete',
  PJSIPShowMaintenance: 'PJSIPMaintenanceStatusComplete',
  PJSIPShowRegistrationInboundContactStatuses: 'ContactStatusDetailComplete',
  PJSIPShowRegistrationsInbound: 'InboundRegistrationDetailComplete',
  PJSIPShowRegistrationsOutbound: 'OutboundRegistrationDetailComplete',
  PJSIPShowResourceLists: 'ResourceListDetailComplete',
  PJSIPShowSubscriptionsInbound: 'InboundSubscriptionDetailComplete',
  PJSIPShowSubscriptionsOutbound: 'OutboundSubscriptionDetailComplete',
  PresenceStateList: 'PresenceStateListComplete',
  PRIShowSpans: 'PRIShowSpansComplete',
  QueueStatus: 'QueueStatusComplete',
  QueueSummary: 'QueueSummaryComplete',
  ShowDialPlan: 'ShowDialPlanComplete',
  SIPpeers: 'PeerlistComplete',
  SIPpeerstatus: 'SIPpeerstatusComplete',
  SIPshowregistry: 'RegistrationsComplete',
  Status: 'StatusComplete',
  VoicemailBoxSummary: 'VoicemailBoxDetailComplete',
  VoicemailUsersList: 'VoicemailUserEntryComplete',
  VoicemailUserStatus: 'VoicemailUserDetailComplete',
  WaitEvent: 'WaitEventComplete',
}

/**
 * Answers of one event with the ActionID, after a plain Success. DBGet announces a list of one on current releases;
 * before 12 there was this event and nothing else.
 */
const SINGLE_EVENTS: Readonly<Record<string, string>> = {
  DBGet: 'DBGetResponse',
  FAXSession: 'FAXSession',
  FAXStats: 'FAXStats',
}

const NEVER_ANNOUNCED = ['FAXSession', 'FAXStats', 'WaitEvent']

const ITEMS_WITHOUT_ACTION_ID: Readonly<Record<string, string>> = { IAXpeers: 'PeerEntry' }

const SHAPES = new Map<string, ListShape>()
for (const [table, single] of [
  [COMPLETIONS, false],
  [SINGLE_EVENTS, true],
] as const) {
  for (const [action, completion] of Object.entries(table)) {
    SHAPES.set(action.toLowerCase(), {
      completion,
      single,
      neverAnnounced: NEVER_ANNOUNCED.includes(action),
      itemsWithoutActionID: ITEMS_WITHOUT_ACTION_ID[action],
    })
  }
}

/** The list that an action answers with, if it is known to; action names are compared without regard to case. */
export function listShape(action: string): ListShape | undefined {
  return SHAPES.get(action.toLowerCase())
}

/** AMI 2.0 came with Asterisk 12: from then on every other list announces itself, and a plain Success is the whole answer. */
export function announcesLists(apiVersion: string): boolean {
  return !/^[01]\./.test(apiVersion)
}
