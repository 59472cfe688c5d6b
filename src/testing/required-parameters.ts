import type { AMIAction } from '../ami/protocol/action-reader.js'

interface Requirements {
  /** Headers without which Asterisk refuses an action, and what it says then, in the order in which it looks. */
  readonly required: readonly (readonly [header: string, problem: string])[]
  /** What it says when there is no such thing as a header names: the first that is required, unless `of` says otherwise. */
  readonly missing?: string | ((name: string) => string) | undefined
  readonly of?: string | undefined
}

const channel = (problem = 'No channel specified') => ['Channel', problem] as const
const bridge: Requirements = {
  required: [['BridgeUniqueid', 'BridgeUniqueid must be provided']],
  missing: 'Specified BridgeUniqueid not found',
}
const registration: Requirements = { required: [['Registration', 'Registration parameter missing.']] }

/** Of actions that the fake does not play: what 16.28 and 22.10 say to one that lacks something, or means something that is not there. */
const REQUIREMENTS: Readonly<Record<string, Requirements>> = {
  AgentLogoff: { required: [['Agent', 'No agent specified']], missing: 'No such agent' },
  BridgeDestroy: bridge,
  BridgeInfo: bridge,
  BridgeKick: { required: [channel('Channel must be provided')], missing: 'Channel does not exist' },
  CancelAtxfer: { required: [channel()], missing: 'Channel specified does not exist' },
  Command: { required: [['Command', 'No command provided']] },
  ControlPlayback: {
    required: [channel('Channel not specified'), ['Control', 'Control not specified']],
    missing: 'No such channel',
  },
  CoreShowChannelMap: {
    required: [channel('CoreShowChannelMap requires a channel.')],
    missing: 'Could not get channel snapshot',
  },
  DialplanExtensionAdd: {
    required: ['Context', 'Extension', 'Priority', 'Application'].map((header) => [
      header,
      'Context, Extension, Priority, and Application must be defined for DialplanExtensionAdd.',
    ]),
  },
  DialplanExtensionRemove: {
    required: ['Context', 'Extension'].map((header) => [
      header,
      'Context and Extension must be provided for DialplanExtensionRemove',
    ]),
  },
  LocalOptimizeAway: { required: [channel("'Channel' not specified.")], missing: 'Channel does not exist.' },
  MessageSend: { required: [['To', "No 'To' address specified."]] },
  MixMonitorMute: {
    required: [['Direction', 'No direction specified. Must be read, write or both'], channel()],
    missing: 'No such channel',
    of: 'Channel',
  },
  PJSIPQualify: { required: [['Endpoint', 'Endpoint parameter missing.']], missing: 'Unable to retrieve endpoint' },
  PJSIPRegister: registration,
  PJSIPUnregister: registration,
  ShowDialPlan: { required: [], missing: (name) => `Did not find context ${name}`, of: 'Context' },
  SendText: { required: [channel(), ['Message', 'No Message specified']], missing: 'No such channel' },
}

const BY_NAME = new Map(Object.entries(REQUIREMENTS).map(([name, requirements]) => [name.toLowerCase(), requirements]))

/** What Asterisk says to an action that it refuses whatever it would do, for want of a parameter or of what one names. */
export function parameterProblem(action: AMIAction, isThere: (header: string, value: string) => boolean): string | undefined {
  const requirements = BY_NAME.get(action.name.toLowerCase())
  if (requirements === undefined) return undefined
  const { required, missing, of = required[0]?.[0] ?? '' } = requirements
  const lacking = required.find(([header]) => (action.get(header) ?? '') === '')
  if (lacking !== undefined) return lacking[1]
  const name = action.get(of) ?? ''
  if (missing === undefined || name === '' || isThere(of, name)) return undefined
  return typeof missing === 'string' ? missing : missing(name)
}
