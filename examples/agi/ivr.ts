import type { AGISession } from 'obelus-asterisk'

/** An account of the bank; a real one asks a database. */
export interface Account {
  readonly pin: string
  readonly balance: number
}

/** A bank's menu: the balance of an account behind its PIN, or somebody to talk to. Sounds are Asterisk's core sounds. */
export function bank(accounts: Readonly<Record<string, Account>>, clerk: string) {
  return async (agi: AGISession): Promise<void> => {
    await agi.answer()
    const choices = { '1': () => balance(agi, accounts), '0': () => transfer(agi, clerk) }
    await agi.menu('vm-press', choices, { invalid: 'invalid', noInput: 'are-you-still-there', timeoutMs: 5_000 })
    await agi.streamFile('vm-goodbye')
    await agi.hangup()
  }
}

async function balance(agi: AGISession, accounts: Readonly<Record<string, Account>>): Promise<void> {
  const account = await agi.prompt('vm-enter-num-to-call', {
    maxDigits: 4,
    cancelKey: '*',
    invalid: 'invalid',
    validate: (digits) => digits in accounts,
  })
  if (account.end !== 'digits') return
  const known = accounts[account.digits]
  const pin = await agi.prompt('vm-password', {
    maxDigits: 4,
    cancelKey: '*',
    validate: [
      { validate: (digits) => digits.length === 4, invalid: 'vm-invalidpassword' },
      { validate: (digits) => digits === known?.pin, invalid: 'vm-incorrect' },
    ],
  })
  if (pin.end === 'digits') await agi.say([{ digits: account.digits }, { number: known?.balance ?? 0 }], { escapeDigits: '#' })
}

/** The caller comes back when nobody answers, and when the clerk hangs up. */
async function transfer(agi: AGISession, clerk: string): Promise<void> {
  const talk = await agi.dial(clerk, { timeoutMs: 20_000, options: 't' })
  await agi.setVariable('CLERK', talk.peer ?? talk.status)
  if (!talk.answered) await agi.streamFile('vm-nobodyavail')
}
