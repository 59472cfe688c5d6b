import { expect, it } from 'vitest'
import { accountRights } from '../../../src/ami/messages/account-rights.js'

it('the classes of an account are those that the console prints', () => {
  const lines = [
    '           username: crm',
    '         read perm: call,agent',
    '        write perm: <none>',
    '  displayconnects: yes',
  ]
  expect(accountRights(lines)).toEqual({ read: new Set(['call', 'agent']), write: new Set() })
})

it('what is no account has none', () => {
  expect(accountRights(['There is no user called crm'])).toBeUndefined()
})
