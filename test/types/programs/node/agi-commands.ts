import { type AGICommandMap, type AGIResponse, type AGISession, unlisted } from 'obelus-asterisk'

export async function commands(agi: AGISession, name: string): Promise<AGIResponse> {
  await agi.sendCommand('DATABASE PUT', 'family', 'key', 1)
  await agi.sendCommand('SET MUSIC', 'on')
  await agi.sendCommand(unlisted('VENDOR COMMAND'), 1, 'two')
  await agi.sendCommand(unlisted(name))
  const args: AGICommandMap['GET DATA'] = ['beep', 5_000]
  // @ts-expect-error: there is no such command.
  await agi.sendCommand('ANSWRE')
  // @ts-expect-error: the value is missing.
  await agi.sendCommand('DATABASE PUT', 'family', 'key')
  // @ts-expect-error: it is on or off.
  await agi.sendCommand('SET MUSIC', 'loud')
  // @ts-expect-error: any text is too much.
  await agi.sendCommand(name)
  return agi.sendCommand('GET DATA', ...args)
}
