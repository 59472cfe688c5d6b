import { AGIHangupError, type AGISession } from 'obelus-asterisk'

/** Accounts and what is on them; a real one asks a database. */
const BALANCES: Readonly<Record<string, number>> = { '1234': 42, '5678': 7 }

/** A menu: the balance of an account, an operator, or a call back. Sounds are Asterisk's core sounds. */
export async function ivr(agi: AGISession): Promise<void> {
  await agi.answer()
  try {
    const chosen = await agi.menu(
      'vm-press',
      {
        '1': () => balance(agi),
        '2': () => operator(agi),
        '9': () => goodbye(agi),
      },
      { invalid: 'invalid', timeoutMs: 5_000 },
    )
    if (chosen === undefined) await goodbye(agi)
  } catch (error) {
    if (!(error instanceof AGIHangupError)) throw error
    // The caller has hung up; variables of the channel can still be set.
    await agi.setVariable('IVR_LEFT_AT', error.command)
  }
}

async function balance(agi: AGISession): Promise<string> {
  const { digits: account, end } = await agi.prompt('vm-enter-num-to-call', {
    maxDigits: 4,
    invalid: 'invalid',
    validate: (digits) => digits in BALANCES,
  })
  if (end !== 'digits') return goodbye(agi)
  await agi.setVariable('ACCOUNT', account)
  await agi.say([{ digits: account }, { number: BALANCES[account] ?? 0 }], { escapeDigits: '#' })
  return goodbye(agi)
}

/** The dialplan goes on here after the script, and calls somebody. */
async function operator(agi: AGISession): Promise<string> {
  await agi.setContext('operators')
  await agi.setExtension('s')
  await agi.setPriority(1)
  return 'operator'
}

async function goodbye(agi: AGISession): Promise<string> {
  await agi.streamFile('vm-goodbye')
  await agi.hangup()
  return 'goodbye'
}
