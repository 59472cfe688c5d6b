import type { RivalChannel } from './async-agi-rivals.js'
import { environmentOf } from './environment.js'

interface Fields {
  get(name: string): string | undefined
}

/** The channel of a CoreShowChannel, if it waits in AsyncAGI. Of its environment the list tells the most important. */
export function listedChannel(fields: Fields): RivalChannel | undefined {
  const data = fields.get('ApplicationData') ?? ''
  if (fields.get('Application') !== 'AGI' || !/^agi:async(,|$)/i.test(data)) return undefined
  const known = (name: string) => fields.get(name) ?? ''
  const unknown = (value: string) => (value === '' || value === '<unknown>' ? 'unknown' : value)
  const channel = known('Channel')
  const env = environmentOf(
    new Map([
      ['agi_request', 'async'],
      ['agi_channel', channel],
      ['agi_language', known('Language')],
      ['agi_type', channel.split('/')[0] ?? ''],
      ['agi_uniqueid', known('Uniqueid')],
      ['agi_callerid', unknown(known('CallerIDNum'))],
      ['agi_calleridname', unknown(known('CallerIDName'))],
      ['agi_context', known('Context')],
      ['agi_extension', known('Exten')],
      ['agi_priority', known('Priority')],
      ['agi_accountcode', known('AccountCode')],
      ...data
        .split(',')
        .slice(1)
        .map((arg, at): [string, string] => [`agi_arg_${at + 1}`, arg]),
    ]),
  )
  return { channel, uniqueId: known('Uniqueid'), env }
}
