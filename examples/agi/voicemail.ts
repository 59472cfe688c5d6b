import type { AGISession } from 'obelus-asterisk'

/** A message that a caller left: where its sound is on the server, and how long it is. */
export interface VoiceMessage {
  readonly from: string
  readonly to: string
  readonly file: string
  readonly seconds: number
}

/**
 * Records a message and hands it over: to what turns speech into text, say. The caller may end it by a key, by silence, or by hanging up; the
 * message is there in each case.
 */
export function voicemail(folder: string, received: (message: VoiceMessage) => void | Promise<void>) {
  return async (agi: AGISession): Promise<void> => {
    await agi.answer()
    await agi.streamFile('vm-intro')
    const file = `${folder}/${agi.env.uniqueId}`
    const { durationMs, endedBy } = await agi.recordFile(file, 'wav', {
      escapeDigits: '#',
      timeoutMs: 120_000,
      silenceMs: 5_000,
      beep: true,
    })
    const seconds = Math.round(durationMs / 100) / 10
    if (seconds > 0) await received({ from: agi.env.callerNumber, to: agi.env.exten, file: `${file}.wav`, seconds })
    if (endedBy !== 'hangup') await agi.streamFile('vm-goodbye')
  }
}
