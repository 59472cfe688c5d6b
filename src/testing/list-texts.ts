/** What servers say before a list, by its action (`test/fixtures/ami-16`, `ami-22`); of others, that it will follow. */
const MESSAGES: Readonly<Record<string, string>> = {
  agents: 'Agents will follow',
  bridgeinfo: 'Bridge channel listing will follow',
  bridgelist: 'Bridge listing will follow',
  confbridgelist: 'Confbridge user list will follow',
  confbridgelistrooms: 'Confbridge conferences will follow',
  coreshowchannels: 'Channels will follow',
  dbget: 'Result will follow',
  dbgettree: 'Result will follow',
  devicestatelist: 'Device State Changes will follow',
  extensionstatelist: 'Extension Statuses will follow',
  faxsessions: 'FAXSessionsEntry event list will follow',
  faxstats: 'FAXStats event will follow',
  hangup: 'Channels hung up will follow',
  iaxpeerlist: 'IAX Peer status list will follow',
  iaxpeers: 'Peer status list will follow',
  parkedcalls: 'Parked calls will follow',
  parkinglots: 'Parking lots will follow',
  pjsipshowaors: 'A listing of AORs follows, presented as AorList events',
  pjsipshowendpoint: 'Following are Events for each object associated with the Endpoint',
  pjsipshowendpoints: 'A listing of Endpoints follows, presented as EndpointList events',
  pjsipshowregistrationsoutbound: 'Following are Events for each Outbound registration',
  presencestatelist: 'Presence State Changes will follow',
  queuestatus: 'Queue status will follow',
  queuesummary: 'Queue summary will follow',
  showdialplan: 'DialPlan list will follow',
  sippeers: 'Peer status list will follow',
  sippeerstatus: 'Peer status will follow',
  status: 'Channel status will follow',
  voicemailuserslist: 'Voicemail user list will follow',
}

/** The event that ends a list, where the catalog does not say so: Hangup answers with a list only when it is given a pattern. */
export function listCompletion(action: string): string {
  return action.toLowerCase() === 'hangup' ? 'ChannelsHungupListComplete' : `${action}Complete`
}

/** The `Message` of the response before a list. */
export function listMessage(action: string): string {
  return MESSAGES[action.toLowerCase()] ?? `${action} list will follow`
}
