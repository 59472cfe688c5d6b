import { DEVICE_STATES } from '../../catalog/device-states.js'
import { type FakeState, isPresence } from './fake-state.js'
import { extensionStatus, NO_HINT, statusName } from './hints.js'

/** A function's name and its argument. A variable by itself is a global one. */
function callOf(name: string): readonly [called: string, argument: string] {
  const [, called, argument = ''] = /^(\w+)\((.*)\)$/s.exec(name) ?? []
  return called === undefined ? ['GLOBAL', name] : [called.toUpperCase(), argument]
}

/**
 * What a function or a global variable of the dialplan gives the manager where no channel is concerned; undefined for one that is not there. DB() is
 * none: a manager may not read it, unless `live_dangerously` is set.
 */
export function globalValue(state: FakeState, name: string): string | undefined {
  const [called, argument] = callOf(name)
  switch (called) {
    case 'GLOBAL':
      return state.globals.get(argument)
    case 'DB_EXISTS':
      return state.database.has(argument) ? '1' : '0'
    case 'DEVICE_STATE':
      return state.devices.get(argument) ?? (isCustom(argument) ? 'UNKNOWN' : 'INVALID')
    case 'EXTENSION_STATE':
      return statusName(extensionOf(state, argument))
    case 'HINT':
      return state.hints.get(inContext(argument))
    case 'PRESENCE_STATE':
      return presenceField(state, argument)
    case 'CHANNEL':
      return argument.toLowerCase() === 'state' ? 'Down' : undefined
    default:
      return undefined
  }
}

/** Sets a global variable, or a function where no channel is concerned; false for one that cannot be set by the manager. */
export function setGlobalValue(state: FakeState, name: string, value: string): boolean {
  const [called, argument] = callOf(name)
  switch (called) {
    case 'GLOBAL':
      state.globals.set(argument, value)
      return true
    case 'DEVICE_STATE': {
      const device = DEVICE_STATES.find((each) => each === value.toUpperCase())
      if (!isCustom(argument) || device === undefined || device === 'UNKNOWN') return false
      state.devices.set(argument, device)
      return true
    }
    case 'PRESENCE_STATE': {
      const [presence = '', subtype = '', message = ''] = value.split(',')
      if (!/^CustomPresence:./i.test(argument) || !isPresence(presence)) return false
      state.presence.set(argument, { state: presence, subtype, message })
      return true
    }
    default:
      return false
  }
}

function isCustom(device: string): boolean {
  return /^Custom:/i.test(device)
}

function inContext(extension: string): string {
  return extension.includes('@') ? extension : `${extension}@default`
}

function extensionOf(state: FakeState, extension: string): number {
  const hint = state.hints.get(inContext(extension))
  return hint === undefined ? NO_HINT : extensionStatus(hint, state.devices)
}

function presenceField(state: FakeState, argument: string): string | undefined {
  const [provider = '', field = ''] = argument.split(',')
  const { state: value = 'not_set', subtype, message } = state.presence.get(provider) ?? {}
  return { value, subtype, message }[field]
}
