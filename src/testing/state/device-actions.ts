import type { AMIAction } from '../../ami/protocol/action-reader.js'
import { type ActionHandler, action, event, failure, success } from '../handlers.js'
import { extensionHeaders, type FakeState, presenceHeaders } from './fake-state.js'
import { NO_HINT, statusText } from './hints.js'

/** The actions on devices, extensions, presence and mailboxes. */
export function deviceActions(state: FakeState): ActionHandler[] {
  const { devices, hints, presence, mailboxes } = state
  const count = (mailbox: string) => {
    const { new: fresh = 0, old = 0, urgent = 0 } = mailboxes.get(mailbox) ?? mailboxes.get(`${mailbox}@default`) ?? {}
    return { fresh, old, urgent }
  }
  return [
    action('DeviceStateList', () =>
      [...devices].map(([Device, State]) =>
        event('DeviceStateChange', [
          ['Device', Device],
          ['State', State],
        ]),
      ),
    ),
    action('ExtensionState', (request) => {
      const [exten, context] = [request.get('Exten') ?? '', request.get('Context') || 'default']
      if (exten === '') return failure('Extension not specified')
      const extension = `${exten}@${context}`
      const hint = hints.get(extension)
      const headers =
        hint === undefined
          ? [
              ['Exten', exten] as const,
              ['Context', context] as const,
              ['Hint', ''] as const,
              ['Status', NO_HINT] as const,
              ['StatusText', statusText(NO_HINT)] as const,
            ]
          : extensionHeaders(extension, hint, devices)
      return success([['Message', 'Extension Status'], ...headers])
    }),
    action('ExtensionStateList', () =>
      [...hints].map(([extension, hint]) => event('ExtensionStatus', extensionHeaders(extension, hint, devices))),
    ),
    action('PresenceState', (request) => {
      const provider = request.get('Provider') ?? ''
      if (provider === '') return failure('No provider specified')
      const found = presence.get(provider)
      if (found === undefined && !/^CustomPresence:./i.test(provider))
        return failure(`Invalid provider ${provider} or provider in invalid state`)
      const { state: State = 'not_set', subtype = '', message = '' } = found ?? {}
      return success([
        ['Message', 'Presence State'],
        ['State', State],
        ...(subtype === '' ? [] : [['Subtype', subtype] as const]),
        // Asterisk says it twice, the first time under the name of the response's own text.
        ...(message === '' ? [] : [['Message', message] as const, ['PresenceMessage', message] as const]),
      ])
    }),
    action('PresenceStateList', () =>
      [...presence].map(([provider, found]) => event('PresenceStateChange', presenceHeaders(provider, found))),
    ),
    ofMailbox('MailboxCount', (mailbox) => {
      const { fresh, old, urgent } = count(mailbox)
      return success({
        Message: 'Mailbox Message Count',
        Mailbox: mailbox,
        UrgMessages: urgent,
        NewMessages: fresh,
        OldMessages: old,
      })
    }),
    ofMailbox('MailboxStatus', (mailbox) => {
      const { fresh, urgent } = count(mailbox)
      return success({ Message: 'Mailbox Status', Mailbox: mailbox, Waiting: fresh + urgent > 0 ? 1 : 0 })
    }),
  ]
}

function ofMailbox(
  name: 'MailboxCount' | 'MailboxStatus',
  answer: (mailbox: string) => ReturnType<typeof success>,
): ActionHandler {
  return action(name, (request: AMIAction) => {
    const mailbox = request.get('Mailbox') ?? ''
    return mailbox === '' ? failure('Mailbox not specified') : answer(mailbox)
  })
}
