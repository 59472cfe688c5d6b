import { type ActionHandler, action, failure } from './handlers.js'

/**
 * What a server answers that has nothing of the kind, as recorded (`test/fixtures`): a fake has contacts, parking, conferences and queues only
 * when a test has said so.
 */
export function emptyLists(): ActionHandler[] {
  return [
    action('QueueStatus', () => []),
    action('PJSIPShowContacts', () => failure('No Contacts found\n')),
    action('Parkinglots', () => []),
    action('ParkedCalls', () => []),
    action('ConfbridgeListRooms', () => failure('No active conferences.')),
  ]
}
