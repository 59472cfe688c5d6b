import {
  CHANNEL_STATES,
  type ChannelStateDesc,
  DEVICE_STATES,
  type DeviceState,
  HANGUP_CAUSES,
  type HangupCause,
} from 'obelus-asterisk'

export const busy: HangupCause | undefined = HANGUP_CAUSES[17]
export const up: ChannelStateDesc | undefined = CHANNEL_STATES[6]
export const states: readonly DeviceState[] = DEVICE_STATES
