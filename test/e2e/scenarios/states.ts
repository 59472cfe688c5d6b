import type { Pbx } from './pbx.js'

/** Devices, extensions and presences that change their state, and the lists of them. */
export async function states(pbx: Pbx): Promise<void> {
  for (const [state, presence] of [
    ['BUSY', 'away,,lunch'],
    ['NOT_INUSE', 'available'],
  ] as const) {
    const changed = pbx.next('ExtensionStatus', (event) => event.get('Exten') === '300')
    await pbx.until('PresenceStateChange', () => pbx.call('Local/states@day/n', {}, { STATE: state, PRESENCE: presence }))
    await changed
  }
  for (const action of ['DeviceStateList', 'ExtensionStateList', 'PresenceStateList']) await pbx.list(action)
  await pbx.attempt('ExtensionState', { Context: 'day', Exten: '300' })
  await pbx.attempt('PresenceState', { Provider: 'CustomPresence:desk' })
}

/** Variables, the database, user events. */
export async function data(pbx: Pbx): Promise<void> {
  await pbx.until('VarSet', () => pbx.ami.sendAction('Setvar', { Variable: 'DAY', Value: 'x' }))
  await pbx.attempt('DBPut', { Family: 'day', Key: 'one/two', Val: '1' })
  await pbx.list('DBGet', { Family: 'day', Key: 'one/two' })
  await pbx.list('DBGetTree', { Family: 'day' })
  await pbx.attempt('DBDelTree', { Family: 'day' })
  await pbx.until('UserEvent', () => pbx.ami.sendAction('UserEvent', { UserEvent: 'Day', Any: 'thing' }))
}
