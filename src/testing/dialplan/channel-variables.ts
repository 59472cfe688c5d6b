import { CHANNEL_STATES } from '../../catalog/channel-states.js'
import type { FakeChannel } from './fake-channel.js'

/** What a variable or function of the dialplan gives on a channel; undefined for one that is not set, or that the fake does not know. */
export function channelVariable(channel: FakeChannel, name: string): string | undefined {
  const own = [name, `_${name}`, `__${name}`].map((each) => channel.variables.get(each)).find((each) => each !== undefined)
  if (own !== undefined) return own
  const [, called, argument = ''] = /^(\w+)\((.*)\)$/.exec(name) ?? []
  switch (called?.toUpperCase() ?? name) {
    case 'CHANNEL':
      return called === undefined ? channel.name : channelProperty(channel, argument.toLowerCase())
    case 'CALLERID':
      return called === undefined ? undefined : identity(argument, channel.callerIdNum, channel.callerIdName)
    case 'CONNECTEDLINE':
      return called === undefined ? undefined : identity(argument, channel.connectedNum, channel.connectedName)
    case 'UNIQUEID':
      return channel.uniqueId
    case 'EXTEN':
      return channel.exten
    case 'CONTEXT':
      return channel.context
    case 'PRIORITY':
      return '1'
    default:
      return undefined
  }
}

/** Sets what `CALLERID(num)` and its like give; false for a function that the fake does not know. */
export function setFunction(channel: FakeChannel, name: string, value: string): boolean {
  switch (name.toUpperCase().replaceAll(' ', '')) {
    case 'CALLERID(NUM)':
      channel.callerIdNum = value
      return true
    case 'CALLERID(NAME)':
      channel.callerIdName = value
      return true
    case 'CHANNEL(ACCOUNTCODE)':
      channel.accountCode = value
      return true
    default:
      return false
  }
}

function channelProperty(channel: FakeChannel, name: string): string | undefined {
  switch (name) {
    case 'state':
      return CHANNEL_STATES[channel.state]
    case 'name':
      return channel.name
    case 'uniqueid':
      return channel.uniqueId
    case 'linkedid':
      return channel.linkedId
    case 'language':
      return 'en'
    case 'accountcode':
      return channel.accountCode
    case 'channeltype':
      return channel.name.split('/')[0]
    default:
      return undefined
  }
}

function identity(part: string, number: string, name: string): string | undefined {
  switch (part.toLowerCase().split(',')[0]) {
    case 'num':
    case 'number':
      return number
    case 'name':
      return name
    case 'all':
      return `"${name}" <${number}>`
    default:
      return undefined
  }
}
