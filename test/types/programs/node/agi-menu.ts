import type { AGISession, MenuChoices, PromptOptions, Utterance } from 'obelus-asterisk'

const options: PromptOptions = { maxDigits: 6, validate: (digits) => digits.length === 6, invalid: 'wrong', attempts: 3 }
const what: readonly Utterance[] = [{ number: 3 }, { digits: '42' }, { date: new Date() }]

export async function ivr(agi: AGISession): Promise<string | number | undefined> {
  await agi.say(what, { escapeDigits: '#' })
  const { digits, end } = await agi.prompt('enter-account', options)
  const account: string | undefined = end === 'digits' ? digits : undefined
  const chosen = await agi.menu('menu', { '1': () => 'sales', '2': async () => 2, '#': () => account }, { invalid: 'wrong' })
  const choices: MenuChoices<string> = { '1': () => 'sales' }
  const text: string | undefined = await agi.menu('menu', choices)
  // @ts-expect-error: it may be a number.
  const wrong: string | undefined = chosen
  return chosen ?? text ?? wrong
}
