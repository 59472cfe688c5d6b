import { type ActionHandler, action, failure, success } from './handlers.js'

/**
 * What a server answers that has nothing of the kind, as recorded (`test/fixtures`): a fake has neither endpoints, parking, conferences nor
 * mailboxes, and queues only when a test has said so.
 */
export function emptyLists(): ActionHandler[] {
  return [
    action('QueueStatus', () => []),
    action({ name: 'GetConfig', headers: { Filename: 'queues.conf' } }, () => success({ 'Category-000000': 'general' })),
    action('PJSIPShowEndpoints', () => []),
    action('PJSIPShowContacts', () => failure('No Contacts found\n')),
    action('DeviceStateList', () => []),
    action('Parkinglots', () => []),
    action('ParkedCalls', () => []),
    action('ConfbridgeListRooms', () => failure('No active conferences.')),
    action('MailboxCount', (request) =>
      success({
        Message: 'Mailbox Message Count',
        Mailbox: request.get('Mailbox') ?? '',
        UrgMessages: 0,
        NewMessages: 0,
        OldMessages: 0,
      }),
    ),
  ]
}
