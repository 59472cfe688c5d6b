import type { AGISession, AMIClient, CallManager } from 'obelus-asterisk'

/** Where call-backs are kept, in Asterisk's database: they outlive this program. */
const FAMILY = 'callback'

/** Asks in how many minutes to call back, and keeps it. */
export async function askForCallback(agi: AGISession): Promise<void> {
  await agi.answer()
  const { digits, end } = await agi.prompt('vm-enter-num-to-call', { maxDigits: 2, validate: (keys) => /^\d+$/.test(keys) })
  if (end !== 'digits' || agi.env.callerNumber === '') return
  await agi.databasePut(FAMILY, agi.env.callerNumber, Date.now() + Number(digits) * 60_000)
  await agi.say([{ number: Number(digits) }, 'minutes'])
}

/** Makes the call-backs whose time has come: `channel` says how a number is reached. Gives the numbers. To be called every minute, say. Asterisk 16 has no DBGetTree. */
export async function callBack(calls: CallManager, ami: AMIClient, channel: (number: string) => string): Promise<string[]> {
  const { events } = await ami.sendAction('DBGetTree', { Family: FAMILY })
  const due = events
    .filter((event) => Number(event.get('Val')) <= Date.now())
    .map((event) => (event.get('Key') ?? '').split('/').at(-1) ?? '')
  for (const number of due) {
    await ami.sendAction('DBDel', { Family: FAMILY, Key: number })
    calls.originate({ channel: channel(number), application: 'Playback', data: 'demo-thanks' })
  }
  return due
}
