import type { ManagerConnection } from '../ami/client/manager-connection.js'
import type { AGIEnvironment } from './environment.js'

/** What a session needs to act on its call while a command runs. */
export type { ManagerConnection }

/** Stops what plays on a channel over AMI. Where that is refused it plays on. The account needs `call` for writing. */
export function stopSoundOver(ami: ManagerConnection, channel: string): void {
  ami.sendAction('ControlPlayback', { Channel: channel, Control: 'stop' }).catch(() => undefined)
}

/**
 * Hangs a channel up over AMI, which waits for no command. The account needs `call` for writing.
 *
 * @param otherwise what is done where AMI refuses.
 */
export async function hangUpOver(ami: ManagerConnection, channel: string, otherwise: () => Promise<unknown>): Promise<void> {
  await ami.sendAction('Hangup', { Channel: channel }).catch(otherwise)
}

/**
 * Whether a channel goes on elsewhere in the dialplan than where it came to its script: somebody redirected it. Not known, and so false, of one that is gone,
 * and where the account may not ask (Getvar: `call`). Status would not do: it shows where the channel was when the dialplan went on last.
 */
export async function isElsewhere(ami: ManagerConnection, { channel, context, exten }: AGIEnvironment): Promise<boolean> {
  const variable = async (name: string) => (await ami.sendAction('Getvar', { Channel: channel, Variable: name })).get('Value')
  try {
    const [nowContext, nowExten] = await Promise.all(['CONTEXT', 'EXTEN'].map(variable))
    return nowContext !== context || nowExten !== exten
  } catch {
    return false
  }
}
