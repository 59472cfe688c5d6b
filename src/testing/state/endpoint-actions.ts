import type { DeviceState } from '../../catalog/device-states.js'
import { type ActionHandler, action, event, failure, type HeaderPairs, type ListPart, type success } from '../handlers.js'

const PREFIX = 'PJSIP/'
/** The words for a device's state (`ast_devstate2str`). */
const WORDS: Readonly<Record<string, string>> = {
  UNKNOWN: 'Unknown',
  NOT_INUSE: 'Not in use',
  INUSE: 'In use',
  BUSY: 'Busy',
  INVALID: 'Invalid',
  UNAVAILABLE: 'Unavailable',
  RINGING: 'Ringing',
  RINGINUSE: 'Ring+Inuse',
  ONHOLD: 'On Hold',
}

/** The actions on endpoints of PJSIP: the devices of that technology. */
export function endpointActions(
  devices: ReadonlyMap<string, DeviceState>,
  channelsOf: (device: string) => readonly string[],
): ActionHandler[] {
  const facts = (device: string): HeaderPairs => [
    ['DeviceState', WORDS[devices.get(device) ?? 'UNKNOWN'] ?? ''],
    ['ActiveChannels', channelsOf(device).length],
  ]
  return [
    action('PJSIPShowEndpoints', () =>
      [...devices.keys()]
        .filter((device) => device.startsWith(PREFIX))
        .sort()
        .map((device) => {
          const name = device.slice(PREFIX.length)
          return event('EndpointList', [
            ['ObjectType', 'endpoint'],
            ['ObjectName', name],
            ['Transport', ''],
            ['Aor', name],
            ['Auths', ''],
            ['OutboundAuths', ''],
            ['Contacts', `${name}/sip:${name}@127.0.0.1:5060,`],
            ...facts(device),
          ])
        }),
    ),
    action('PJSIPShowEndpoint', (request): Iterable<ListPart> | ReturnType<typeof success> => {
      const name = request.get('Endpoint') ?? ''
      if (name === '') return failure('PJSIPShowEndpoint requires an endpoint name')
      const device = `${PREFIX}${name}`
      if (!devices.has(device)) return failure(`Unable to retrieve endpoint ${name}`)
      return [
        event('EndpointDetail', [
          ['ObjectType', 'endpoint'],
          ['ObjectName', name],
          ['Context', 'default'],
          ['Aors', name],
          ...facts(device),
        ]),
      ]
    }),
  ]
}
