import { CHANNEL_STATES, DEVICE_STATES, HANGUP_CAUSES, unescapeValue } from 'obelus-asterisk/web'

export const label = (cause: number): string => HANGUP_CAUSES[cause]?.text ?? unescapeValue('unknown')
export const counts = [CHANNEL_STATES.length, DEVICE_STATES.length]
