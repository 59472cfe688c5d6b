import { type AMIClient, AMIError } from 'obelus-asterisk'

export async function hangupOf(ami: AMIClient, uniqueId: string): Promise<string | undefined> {
  try {
    const hangup = await ami.waitFor('Hangup', { timeoutMs: 5_000, where: (event) => event.headers.Uniqueid === uniqueId })
    return hangup.headers['Cause-txt']
  } catch (error) {
    if (error instanceof AMIError) return error.message
    throw error
  }
}
