import type { Pbx } from './pbx.js'

/** SIP with itself: RTP reports, digits, hold, flash, talk detection. */
export async function media(pbx: Pbx): Promise<void> {
  const reports = [pbx.next('RTCPSent'), pbx.next('RTCPReceived')]
  const { channel } = await pbx.answeredCall(`PJSIP/loop/${pbx.uri('talk')}`, { Application: 'Milliwatt' })
  await pbx.until('DTMFEnd', () => pbx.ami.sendAction('PlayDTMF', { Channel: channel, Digit: '5', Duration: 100 }))
  await pbx.attempt('SendFlash', { Channel: channel })
  await pbx.attempt('SendText', { Channel: channel, Message: 'hello' })
  await Promise.all(reports)
  await pbx.attempt('AOCMessage', {
    Channel: channel,
    MsgType: 'D',
    ChargeType: 'Currency',
    CurrencyName: 'EUR',
    CurrencyAmount: 5,
    CurrencyMultiplier: 'OneHundredth',
  })
  await pbx.attempt('AOCMessage', { Channel: channel, MsgType: 'E', ChargeType: 'FREE' })
}

/** Music on hold, recordings, and one who listens in. */
export async function listening(pbx: Pbx): Promise<void> {
  await pbx.until('MusicOnHoldStart', () => pbx.call('Local/music@day/n'))
  const { channel } = await pbx.answeredCall('Local/answer@day/n')
  await pbx.attempt('MixMonitor', { Channel: channel, File: '/tmp/day.wav' })
  await pbx.attempt('MixMonitorMute', { Channel: channel, Direction: 'both', State: 1 })
  await pbx.attempt('MuteAudio', { Channel: channel, Direction: 'in', State: 'on' })
  await pbx.attempt('StopMixMonitor', { Channel: channel })
  await pbx.attempt('Monitor', { Channel: channel, File: 'day' })
  await pbx.attempt('StopMonitor', { Channel: channel })
  await pbx.until('ChanSpyStart', () => pbx.call('Local/spy@day/n', {}, { TARGET: channel }))
  await pbx.hangUpAll()
}

/** A message that is left. */
export async function voicemail(pbx: Pbx): Promise<void> {
  // A package of its own in some distributions.
  const isThere = await pbx.ami.command('core show application VoiceMail').then(
    (lines) => !lines.join().includes('not registered'),
    () => false,
  )
  if (!isThere) return
  const { id } = await pbx.answeredCall(`PJSIP/loop/${pbx.uri('mail')}`, { Application: 'Milliwatt' })
  await pbx.next('RTCPSent')
  await pbx.until('MessageWaiting', () => pbx.hangUp(id))
  for (const action of ['VoicemailUsersList', 'VoicemailUserStatus', 'VoicemailBoxSummary']) {
    await pbx.list(action, { Context: 'default', Mailbox: '100' })
  }
  await pbx.attempt('VoicemailRefresh', { Context: 'default' })
  for (const action of ['MailboxCount', 'MailboxStatus']) await pbx.attempt(action, { Mailbox: '100@default' })
}
