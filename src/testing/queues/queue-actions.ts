import type { ActionName } from '../../ami/messages/typed-names.js'
import type { AMIAction } from '../../ami/protocol/action-reader.js'
import { type ActionHandler, action, type FakeResponse, failure, success } from '../handlers.js'
import type { FakeQueue } from './fake-queue.js'
import type { QueueMember } from './queue-member.js'
import type { WaitingCaller } from './waiting-caller.js'

/** What a member has to be given, as actions call it. */
const NEEDS_INTERFACE = (header: string) => `Need 'Interface' and '${header}' parameters.`

/** The actions of app_queue. Checks and texts are those of 16.28 and 22.10. */
export function queueActions(queues: ReadonlyMap<string, FakeQueue>): ActionHandler[] {
  const get = (request: AMIAction, header: string) => request.get(header) ?? ''
  /** The queue that an action names; all when it names none. */
  const named = (request: AMIAction) => {
    const name = get(request, 'Queue')
    return [...queues.values()].filter((queue) => name === '' || queue.name.toLowerCase() === name.toLowerCase())
  }
  /** An action on an interface, in one queue or in all. */
  const onMembers = (
    name: ActionName,
    header: string,
    act: (request: AMIAction, found: readonly (readonly [FakeQueue, QueueMember])[]) => FakeResponse,
  ) =>
    action(name, (request) => {
      if (get(request, 'Interface') === '' || get(request, header) === '') return failure(NEEDS_INTERFACE(header))
      const found = named(request).flatMap((queue) => {
        const member = queue.member(get(request, 'Interface'))
        return member === undefined ? [] : [[queue, member] as const]
      })
      return act(request, found)
    })
  /** An action on a caller who waits. */
  const onCaller = (
    name: ActionName,
    headers: readonly string[],
    doing: string,
    act: (caller: WaitingCaller, request: AMIAction) => FakeResponse,
  ) =>
    action(name, (request) => {
      const missing = headers.find((header) => get(request, header) === '')
      if (missing !== undefined) return failure(`'${missing}' not specified.`)
      const queue = queues.get(get(request, 'Queue'))
      if (queue === undefined) return failure(`${doing}: No such queue`)
      const caller = queue.callers.find(({ channel }) => channel.name === get(request, 'Caller'))
      return caller === undefined ? failure(`${doing}: No such caller`) : act(caller, request)
    })

  return [
    action('QueueStatus', (request) => named(request).flatMap((queue) => queue.status(get(request, 'Member')))),
    action({ name: 'GetConfig', headers: { Filename: 'queues.conf' } }, () => success(configuration([...queues.values()]))),
    action('QueueSummary', (request) => named(request).map((queue) => queue.summary())),
    action('QueueAdd', (request) => add(queues, request)),
    action('QueueRemove', (request) => remove(queues, request)),
    onMembers('QueuePause', 'Paused', (request, found) => {
      if (found.length === 0) return failure('Interface not found')
      const isPaused = isTrue(get(request, 'Paused'))
      for (const [queue, member] of found) queue.pause(member, isPaused, get(request, 'Reason'))
      return success(`Interface ${isPaused ? '' : 'un'}paused successfully`)
    }),
    onMembers('QueuePenalty', 'Penalty', (request, found) => {
      const penalty = Number.parseInt(get(request, 'Penalty'), 10) || 0
      if (found.length === 0 || penalty < 0) return failure('Invalid interface, queuename or penalty')
      for (const [queue, member] of found) queue.setPenalty(member, penalty)
      return success('Interface penalty set successfully')
    }),
    onMembers('QueueMemberRingInUse', 'RingInUse', (request, found) => {
      if (found.length === 0) return failure('Invalid interface, queuename, or ringinuse value\n')
      for (const [queue, member] of found) queue.setRingInUse(member, isTrue(get(request, 'RingInUse')))
      return success('Interface ringinuse set successfully')
    }),
    action('QueueReset', (request) => {
      for (const queue of named(request)) queue.reset()
      return success('Queue stats reset successfully')
    }),
    action('QueueReload', () => success('Queue reloaded successfully')),
    action('QueueRule', () => success()),
    action('QueueLog', (request) => {
      const isComplete = get(request, 'Queue') !== '' && get(request, 'Event') !== ''
      return isComplete ? success('Event added successfully') : failure("Need 'Queue' and 'Event' parameters.")
    }),
    onCaller(
      'QueueChangePriorityCaller',
      ['Queue', 'Caller', 'Priority'],
      'Unable to change priority caller on queue',
      (caller, request) => {
        caller.priority = Number.parseInt(get(request, 'Priority'), 10) || 0
        return success('Priority change for caller on queue')
      },
    ),
    onCaller('QueueWithdrawCaller', ['Queue', 'Caller'], 'Unable to request withdraw from queue', (caller, request) => {
      caller.withdraw(get(request, 'WithdrawInfo'))
      return success('Withdraw requested successfully')
    }),
  ]
}

/** Of queues.conf what the lists do not say. */
function configuration(queues: readonly FakeQueue[]): Record<string, string> {
  const lines = queues.flatMap(({ name, options }, at): [string, string][] => {
    const category = String(at + 1).padStart(6, '0')
    return [
      [`Category-${category}`, name],
      [`Line-${category}-000000`, `wrapuptime=${options.wrapUpMs / 1000}`],
    ]
  })
  return { 'Category-000000': 'general', ...Object.fromEntries(lines) }
}

function add(queues: ReadonlyMap<string, FakeQueue>, request: AMIAction): FakeResponse {
  const get = (header: string) => request.get(header) ?? ''
  const missing = ['Queue', 'Interface'].find((header) => get(header) === '')
  if (missing !== undefined) return failure(`'${missing}' not specified.`)
  const queue = queues.get(get('Queue'))
  if (queue === undefined) return failure('Unable to add interface to queue: No such queue')
  if (queue.member(get('Interface')) !== undefined) return failure('Unable to add interface: Already there')
  queue.add({
    name: get('MemberName') || get('Interface'),
    interface: get('Interface'),
    stateInterface: get('StateInterface') || undefined,
    penalty: Math.max(0, Number.parseInt(get('Penalty'), 10) || 0),
    isPaused: isTrue(get('Paused')),
    reason: get('Reason'),
    membership: 'dynamic',
  })
  return success('Added interface to queue')
}

function remove(queues: ReadonlyMap<string, FakeQueue>, request: AMIAction): FakeResponse {
  const [name = '', interfaceName = ''] = [request.get('Queue'), request.get('Interface')]
  if (name === '' || interfaceName === '') return failure("Need 'Queue' and 'Interface' parameters.")
  const queue = queues.get(name)
  if (queue === undefined) return failure('Unable to remove interface from queue: No such queue')
  const member = queue.member(interfaceName)
  if (member === undefined) return failure('Unable to remove interface: Not there')
  if (member.membership !== 'dynamic') return failure('Unable to remove interface: Member is not dynamic')
  queue.remove(member)
  return success('Removed interface from queue')
}

function isTrue(text: string): boolean {
  return ['true', 'yes', 'y', 't', '1', 'on'].includes(text.toLowerCase())
}
