import type { Pbx } from './pbx.js'

/** Local calls: answered, dialled, forked, forwarded, busy, with early media; and what the dialplan does on the way. */
export async function calls(pbx: Pbx): Promise<void> {
  for (const exten of ['dial', 'fork', 'forward', 'progress', 'busy', 'account']) {
    await pbx.until(
      'Hangup',
      () => pbx.call(`Local/${exten}@day/n`),
      (event) => event.get('Channel').endsWith(';2') && event.get('Exten') !== 'brief',
    )
    await pbx.hangUpAll()
  }
  await pbx.until(
    'SoftHangupRequest',
    () => pbx.call(`PJSIP/loop/${pbx.uri('busy')}`),
    (event) => event.get('Exten') === 'busy',
  )
  await pbx.until('OriginateResponse', () =>
    pbx.attempt('Originate', { Channel: 'PJSIP/nobody', Application: 'Wait', Async: true }),
  )
  await pbx.until('OriginateResponse', () => pbx.call('Local/ring@day', { Timeout: 300 }))
}

/** A ringing call that another extension picks up. */
export async function pickup(pbx: Pbx): Promise<void> {
  const ringing = pbx.next('DialState', (event) => event.get('DialStatus') === 'RINGING')
  await pbx.call('Local/dialring@day/n')
  const { DestChannel } = (await ringing).headers
  await pbx.until('Pickup', () => pbx.call('Local/pickup@day/n', {}, { TARGET: DestChannel }))
}

/** A Local channel that Asterisk takes out of the way once media flows. */
export async function optimization(pbx: Pbx): Promise<void> {
  const done = pbx.next('LocalOptimizationEnd')
  await pbx.call(`PJSIP/loop/${pbx.uri('answer')}`, { Context: 'day', Exten: 'optimized', Priority: 1 })
  await done
}
