import { describe, expect, it } from 'vitest'
import { listShape } from '../../../src/ami/protocol/list-actions.js'

describe('listShape', () => {
  for (const [action, completion] of [
    ['Status', 'StatusComplete'],
    ['CoreShowChannels', 'CoreShowChannelsComplete'],
    ['CoreShowChannelMap', 'CoreShowChannelMapComplete'],
    ['QueueStatus', 'QueueStatusComplete'],
    ['QueueSummary', 'QueueSummaryComplete'],
    ['Agents', 'AgentsComplete'],
    ['Parkinglots', 'ParkinglotsComplete'],
    ['ParkedCalls', 'ParkedCallsComplete'],
    ['BridgeList', 'BridgeListComplete'],
    ['BridgeInfo', 'BridgeInfoComplete'],
    ['BridgeTechnologyList', 'BridgeTechnologyListComplete'],
    ['ConfbridgeList', 'ConfbridgeListComplete'],
    ['ConfbridgeListRooms', 'ConfbridgeListRoomsComplete'],
    ['PJSIPShowEndpoints', 'EndpointListComplete'],
    ['PJSIPShowEndpoint', 'EndpointDetailComplete'],
    ['PJSIPShowAors', 'AorListComplete'],
    ['PJSIPShowAuths', 'AuthListComplete'],
    ['PJSIPShowContacts', 'ContactListComplete'],
    ['PJSIPShowRegistrationsInbound', 'InboundRegistrationDetailComplete'],
    ['PJSIPShowRegistrationsOutbound', 'OutboundRegistrationDetailComplete'],
    ['PJSIPShowRegistrationInboundContactStatuses', 'ContactStatusDetailComplete'],
    ['PJSIPShowSubscriptionsInbound', 'InboundSubscriptionDetailComplete'],
    ['PJSIPShowSubscriptionsOutbound', 'OutboundSubscriptionDetailComplete'],
    ['PJSIPShowResourceLists', 'ResourceListDetailComplete'],
    ['PJSIPShowMaintenance', 'PJSIPMaintenanceStatusComplete'],
    ['DeviceStateList', 'DeviceStateListComplete'],
    ['ExtensionStateList', 'ExtensionStateListComplete'],
    ['PresenceStateList', 'PresenceStateListComplete'],
    ['ShowDialPlan', 'ShowDialPlanComplete'],
    ['VoicemailUsersList', 'VoicemailUserEntryComplete'],
    ['VoicemailUserStatus', 'VoicemailUserDetailComplete'],
    ['VoicemailBoxSummary', 'VoicemailBoxDetailComplete'],
    ['DBGetTree', 'DBGetTreeComplete'],
    ['IAXpeerlist', 'PeerlistComplete'],
    ['IAXpeers', 'PeerlistComplete'],
    ['IAXregistry', 'RegistrationsComplete'],
    ['SIPshowregistry', 'RegistrationsComplete'],
    ['SIPpeers', 'PeerlistComplete'],
    ['SIPpeerstatus', 'SIPpeerstatusComplete'],
    ['MWIGet', 'MWIGetComplete'],
    ['MeetmeList', 'MeetmeListComplete'],
    ['MeetmeListRooms', 'MeetmeListRoomsComplete'],
    ['DAHDIShowChannels', 'DAHDIShowChannelsComplete'],
    ['DAHDIShowStatus', 'DAHDIShowStatusComplete'],
    ['PRIShowSpans', 'PRIShowSpansComplete'],
    ['FAXSessions', 'FAXSessionsComplete'],
    ['WaitEvent', 'WaitEventComplete'],
  ] as const) {
    it(`${action} ends with ${completion}, whatever its case`, () => {
      expect(listShape(action)).toMatchObject({ completion })
      expect(listShape(action.toUpperCase())).toBe(listShape(action))
    })
  }

  for (const [action, event] of [
    ['DBGet', 'DBGetResponse'],
    ['FAXStats', 'FAXStats'],
    ['FAXSession', 'FAXSession'],
  ] as const) {
    it(`${action} may be one event, ${event}`, () => {
      expect(listShape(action)).toMatchObject({ single: event })
    })
  }

  it('only the items of IAXpeers carry no ActionID', () => {
    expect(listShape('IAXpeers')?.itemsWithoutActionID).toBe('PeerEntry')
    expect(listShape('IAXpeerlist')?.itemsWithoutActionID).toBeUndefined()
  })

  for (const action of [
    'QueueRule',
    'ListCommands',
    'ListCategories',
    'GetConfig',
    'GetConfigJSON',
    'Command',
    'MailboxCount',
    'MailboxStatus',
    'ExtensionState',
    'PresenceState',
    'SIPshowpeer',
    'Hangup',
    'Ping',
    'Originate',
    'constructor',
    '__proto__',
  ]) {
    it(`${action} is no list`, () => expect(listShape(action)).toBeUndefined())
  }
})
