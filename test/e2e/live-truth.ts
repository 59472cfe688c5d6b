import { type AMIClient, DEVICE_STATES } from 'obelus-asterisk'
import type { LiveModel } from 'obelus-asterisk/live'

/** What a PBX is, in a form in which a model and the server's lists can be compared: instants are left out, as lists have them in whole seconds. */
export type Truth = Readonly<Record<string, Readonly<Record<string, unknown>>>>

const DEVICE_TEXTS = ['Unknown', 'Not in use', 'In use', 'Busy', 'Invalid', 'Unavailable', 'Ringing', 'Ring+Inuse', 'On Hold']
const FREE: ReadonlySet<string> = new Set(['NOT_INUSE', 'UNKNOWN'])

/** What the server's own lists say. */
export async function listed(ami: AMIClient, mailboxes: readonly string[] = []): Promise<Truth> {
  const list = async (...[name, headers]: Parameters<AMIClient['sendAction']>) => {
    const nothing = (error: { readonly code?: string; readonly message: string }) => {
      if (error.code === 'ACTION_FAILED' || /No (active|Contacts)/i.test(error.message)) return { events: [] }
      throw error
    }
    const { events } = await ami.sendAction(name, headers as never).catch(nothing)
    return events as readonly { get(name: string): string | undefined; name: string }[]
  }
  const [status, summaries, channels, devices, endpoints, contacts, bridges, lots, parked, rooms] = await Promise.all([
    list('QueueStatus'),
    list('QueueSummary'),
    list('CoreShowChannels'),
    list('DeviceStateList'),
    list('PJSIPShowEndpoints'),
    list('PJSIPShowContacts'),
    list('BridgeList'),
    list('Parkinglots'),
    list('ParkedCalls'),
    list('ConfbridgeListRooms'),
  ])
  const participants = await Promise.all(
    rooms.map((room) => list('ConfbridgeList', { Conference: room.get('Conference') ?? '' })),
  )
  const counts = await Promise.all(mailboxes.map((Mailbox) => ami.sendAction('MailboxCount', { Mailbox })))
  const entries = <T extends { get(name: string): string | undefined }>(
    items: readonly T[],
    key: (item: T) => string,
    value: (item: T) => unknown,
  ) => Object.fromEntries(items.map((item) => [key(item), value(item)]))
  const named = (name: string) => status.filter((item) => item.name === name)
  return {
    queues: entries(
      named('QueueParams'),
      (item) => item.get('Queue') ?? '',
      (item) => ({
        strategy: item.get('Strategy'),
        waiting: Number(item.get('Calls')),
        completed: Number(item.get('Completed')),
        abandoned: Number(item.get('Abandoned')),
        hold: Number(item.get('Holdtime')) * 1000,
        talk: Number(item.get('TalkTime')) * 1000,
        level: Number(item.get('ServicelevelPerf')),
        level2: Number(item.get('ServicelevelPerf2')),
      }),
    ),
    summaries: entries(
      summaries,
      (item) => item.get('Queue') ?? '',
      (item) => ({
        loggedIn: Number(item.get('LoggedIn')),
        available: Number(item.get('Available')),
        callers: Number(item.get('Callers')),
        hold: Number(item.get('HoldTime')) * 1000,
        talk: Number(item.get('TalkTime')) * 1000,
      }),
    ),
    members: entries(
      named('QueueMember'),
      (item) => `${item.get('Queue')}/${item.get('Location')}`,
      (item) => ({
        name: item.get('Name'),
        stateInterface: item.get('StateInterface'),
        membership: item.get('Membership'),
        penalty: Number(item.get('Penalty')),
        callsTaken: Number(item.get('CallsTaken')),
        hasCalled: item.get('LastCall') !== '0',
        isInCall: item.get('InCall') === '1',
        deviceState: DEVICE_STATES[Number(item.get('Status'))],
        isPaused: item.get('Paused') === '1',
        reason: item.get('Paused') === '1' ? item.get('PausedReason') : '',
      }),
    ),
    callers: entries(
      named('QueueEntry'),
      (item) => `${item.get('Queue')}/${item.get('Uniqueid')}`,
      (item) => ({ channel: item.get('Channel'), position: Number(item.get('Position')) }),
    ),
    deviceStates: entries(
      devices,
      (item) => item.get('Device') ?? '',
      (item) => item.get('State'),
    ),
    endpoints: entries(
      endpoints,
      (item) => item.get('ObjectName') ?? '',
      (item) => DEVICE_STATES[DEVICE_TEXTS.indexOf(item.get('DeviceState') ?? '')],
    ),
    contacts: entries(
      contacts,
      (item) => item.get('Uri') ?? '',
      () => true,
    ),
    bridges: entries(
      bridges,
      (item) => item.get('BridgeUniqueid') ?? '',
      (item) => ({
        type: item.get('BridgeType'),
        technology: item.get('BridgeTechnology'),
        channels: channels
          .filter((channel) => channel.get('BridgeId') === item.get('BridgeUniqueid'))
          .map((channel) => channel.get('Channel'))
          .sort(),
      }),
    ),
    lots: entries(
      lots,
      (item) => item.get('Name') ?? '',
      (item) => `${item.get('StartSpace')}-${item.get('StopSpace')}`,
    ),
    parked: entries(
      parked,
      (item) => `${item.get('Parkinglot')}/${item.get('ParkingSpace')}`,
      (item) => item.get('ParkeeUniqueid'),
    ),
    conferences: entries(
      rooms,
      (item) => item.get('Conference') ?? '',
      (item) => item.get('Locked') === 'Yes',
    ),
    participants: entries(
      participants.flat(),
      (item) => `${item.get('Conference')}/${item.get('Uniqueid')}`,
      (item) => ({ channel: item.get('Channel'), isMuted: item.get('Muted') === 'Yes', isAdmin: item.get('Admin') === 'Yes' }),
    ),
    mailboxes: Object.fromEntries(mailboxes.map((name, at) => [name, Number(counts[at]?.get('NewMessages'))])),
  }
}

/** What a model says. */
export function modelled(pbx: LiveModel): Truth {
  const {
    queues,
    members,
    callers,
    deviceStates,
    endpoints,
    bridges,
    parkingLots,
    parkedCalls,
    conferences,
    participants,
    mailboxes,
  } = pbx.snapshot()
  const mapped = <T>(area: Readonly<Record<string, T>>, value: (record: T) => unknown) =>
    Object.fromEntries(Object.entries(area).map(([key, record]) => [key, value(record)]))
  return {
    queues: mapped(queues, (queue) => ({
      strategy: queue.strategy,
      waiting: queue.waiting,
      completed: queue.completed,
      abandoned: queue.abandoned,
      hold: queue.averageHoldMs,
      talk: queue.averageTalkMs,
      level: queue.serviceLevel,
      level2: queue.serviceLevel2,
    })),
    summaries: mapped(queues, (queue) => {
      const own = Object.values(members).filter((member) => member.queue === queue.name)
      const loggedIn = own.filter(({ state }) => state !== 'unavailable')
      const available = loggedIn.filter(({ deviceState, isPaused }) => FREE.has(deviceState) && !isPaused)
      return {
        loggedIn: loggedIn.length,
        available: available.length,
        callers: queue.waiting,
        hold: queue.averageHoldMs,
        talk: queue.averageTalkMs,
      }
    }),
    members: mapped(members, (member) => ({
      name: member.name,
      stateInterface: member.stateInterface,
      membership: member.membership,
      penalty: member.penalty,
      callsTaken: member.callsTaken,
      hasCalled: member.lastCallAt !== null,
      isInCall: member.isInCall,
      deviceState: member.deviceState,
      isPaused: member.isPaused,
      reason: member.pausedReason,
    })),
    callers: mapped(callers, ({ channel, position }) => ({ channel, position })),
    deviceStates: mapped(deviceStates, ({ state }) => state),
    endpoints: mapped(endpoints, ({ deviceState }) => deviceState),
    contacts: Object.fromEntries(Object.values(endpoints).flatMap(({ contacts }) => contacts.map((uri) => [uri, true]))),
    bridges: mapped(bridges, ({ type, technology, channels }) => ({
      type,
      technology,
      channels: channels.map(({ channel }) => channel).sort(),
    })),
    lots: mapped(parkingLots, ({ firstSpace, lastSpace }) => `${firstSpace}-${lastSpace}`),
    parked: mapped(parkedCalls, ({ uniqueId }) => uniqueId),
    conferences: mapped(conferences, ({ isLocked }) => isLocked),
    participants: mapped(participants, ({ channel, isMuted, isAdmin }) => ({ channel, isMuted, isAdmin })),
    mailboxes: mapped(mailboxes, ({ newMessages }) => newMessages),
  }
}
