import type { EventReader } from './switchboard.js'

/** Channels are recorded, and somebody is heard to speak. */
export const SOUND_READERS: Readonly<Record<string, EventReader>> = {
  MixMonitorStart: heard('recordingStarted'),
  MixMonitorStop: heard('recordingStopped'),
  ChannelTalkingStart: heard('speechStarted'),
  ChannelTalkingStop: heard('speechStopped'),
}

function heard(type: 'recordingStarted' | 'recordingStopped' | 'speechStarted' | 'speechStopped'): EventReader {
  return (board, fields) => {
    const channel = board.known(fields.get('Uniqueid'))
    channel?.call?.tell({ type, uniqueId: channel.uniqueId, channel: channel.name })
  }
}
