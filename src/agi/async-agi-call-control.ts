import type { ManagerConnection } from '../ami/client/manager-connection.js'

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
