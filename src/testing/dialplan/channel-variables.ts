import { CHANNEL_STATES } from '../../catalog/channel-states.js'
import { type CallerId, parseCallerId } from '../../core/caller-id.js'
import type { FakeChannel } from './fake-channel.js'

/** What a variable or function of the dialplan gives on a channel; undefined for one that is not set, or that the fake does not know. */
export function channelVariable(channel: FakeChannel, name: string): string | undefined {
  // Nothing is read by the name that has it inherited.
  if (name.startsWith('_')) return undefined
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

/** A function that can be set on a channel: what it changes. */
export type SettableFunction =
  | { readonly kind: 'caller'; readonly caller: CallerId }
  | { readonly kind: 'account'; readonly code: string }
  | { readonly kind: 'language'; readonly language: string }
  | { readonly kind: 'nothing' }

/** What setting `CALLERID(num)` and its like does; undefined for a function that the fake does not know, or that cannot be set. */
export function functionSetting(channel: FakeChannel, name: string, value: string): SettableFunction | undefined {
  const { callerIdNum: number, callerIdName } = channel
  switch (name.toUpperCase().replaceAll(' ', '')) {
    case 'CALLERID(NUM)':
    case 'CALLERID(NUMBER)':
      return { kind: 'caller', caller: { number: value, name: callerIdName } }
    case 'CALLERID(NAME)':
      return { kind: 'caller', caller: { number, name: value } }
    case 'CALLERID(ALL)':
      return { kind: 'caller', caller: parseCallerId(value) }
    case 'CHANNEL(ACCOUNTCODE)':
      return { kind: 'account', code: value }
    case 'CHANNEL(LANGUAGE)':
      return { kind: 'language', language: value }
    default:
      // Asterisk sets what it does not know of a caller without a word.
      return /^CALLERID\(/i.test(name) ? { kind: 'nothing' } : undefined
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
      return channel.language
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
    case 'ani':
    case 'ani-num':
      return number
    case 'name':
      return name
    case 'all':
      return `"${name}" <${number}>`
    default:
      return undefined
  }
}
