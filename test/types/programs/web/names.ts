import type {
  ActionOptions,
  AMIClient,
  AMIEvent,
  AMILimits,
  AMIResponse,
  Clock,
  EventOf,
  EventStream,
  EventStreamOptions,
  Gap,
  KeepAliveOptions,
  ListItem,
  ReconnectOptions,
  StreamItem,
  Variables,
  WaitForOptions,
} from 'obelus-asterisk/web'

export interface Settings {
  readonly action: ActionOptions
  readonly limits: Partial<AMILimits>
  readonly clock: Clock
  readonly keepAlive: KeepAliveOptions
  readonly reconnect: ReconnectOptions
  readonly stream: EventStreamOptions<EventOf<'Hangup'>>
  readonly variables: Variables
  readonly wait: WaitForOptions
}

export const hangups = (ami: AMIClient): EventStream<AMIEvent<'Hangup'> | Gap> => ami.events('Hangup', { withGaps: true })
export const members = (response: AMIResponse<'QueueStatus'>): readonly ListItem<'QueueStatus'>[] => response.events
export type Item = StreamItem<'Hangup', true>
