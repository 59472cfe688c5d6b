import { type AMIClientOptions, CallManager, unlisted } from 'obelus-asterisk'
import { LiveModel, type LiveModelOptions } from 'obelus-asterisk/live'
import { action, event, failure, success } from 'obelus-asterisk/testing'
import { ClientRig } from './client-rig.js'
import { settle } from './virtual-clock.js'

type Item = Readonly<Record<string, string | number>>

/** Actions that answer with a list, and the name of its items. */
const LISTS = {
  DeviceStateList: 'DeviceStateChange',
  PJSIPShowEndpoints: 'EndpointList',
  PJSIPShowContacts: 'ContactList',
  BridgeList: 'BridgeListItem',
  CoreShowChannels: 'CoreShowChannel',
  Parkinglots: 'Parkinglot',
  ParkedCalls: 'ParkedCall',
  ConfbridgeListRooms: 'ConfbridgeListRooms',
  ConfbridgeList: 'ConfbridgeList',
} as const

export const QUEUE: Item = {
  Queue: 'support',
  Max: 0,
  Strategy: 'ringall',
  Calls: 0,
  Holdtime: 4,
  TalkTime: 9,
  Completed: 3,
  Abandoned: 1,
}
export const MEMBER: Item = {
  Queue: 'support',
  Name: 'Ann',
  Location: 'PJSIP/200',
  StateInterface: 'PJSIP/200',
  Membership: 'dynamic',
  Penalty: 0,
  CallsTaken: 2,
  LastCall: 0,
  LastPause: 0,
  InCall: 0,
  Status: 1,
  Paused: 0,
  PausedReason: '',
  Wrapuptime: 0,
}

/** A model on a client on a virtual clock, whose server lists what the test says. */
export class LiveRig implements AsyncDisposable {
  /** Items of QueueStatus, with their names. */
  queueStatus: (readonly [name: 'QueueParams' | 'QueueMember' | 'QueueEntry', fields: Item])[] = [['QueueParams', QUEUE]]
  readonly lists: Partial<Record<keyof typeof LISTS, readonly Item[]>> = {}
  wrapUpSeconds: number | undefined = 0
  readonly rig: ClientRig
  pbx!: LiveModel

  constructor(client: Partial<AMIClientOptions> = {}) {
    this.rig = new ClientRig(
      { reconnect: { initialDelayMs: 10, maxDelayMs: 10 }, ...client },
      action('QueueStatus', (request) => this.#queueStatus(request.get('Queue'), request.get('Member'))),
      action('GetConfig', () =>
        this.wrapUpSeconds === undefined
          ? failure('Permission denied')
          : success({ 'Category-000000': 'support', 'Line-000000-000000': `wrapuptime=${this.wrapUpSeconds}` }),
      ),
      action('Ping', () => success({ Ping: 'Pong', Timestamp: `${this.rig.clock.now() / 1000}` })),
      action('MailboxCount', () => success({ NewMessages: 2, OldMessages: 1 })),
      ...Object.entries(LISTS).map(([name, item]) =>
        action(unlisted(name), () =>
          (this.lists[name as keyof typeof LISTS] ?? []).map((each) => event(unlisted(item), { ...each })),
        ),
      ),
    )
  }

  static async open(options: LiveModelOptions = {}, prepare: (rig: LiveRig) => void = () => undefined): Promise<LiveRig> {
    const rig = new LiveRig()
    prepare(rig)
    await rig.rig.login()
    rig.pbx = new LiveModel(rig.rig.ami, { clock: rig.rig.clock, ...options })
    await settle()
    return rig
  }

  /** Has the server tell something. */
  async tell(name: string, fields: Item): Promise<void> {
    this.rig.pbx.emit(unlisted(name), { ...fields })
    await settle()
  }

  /** The server tells of a member as it tells in events. */
  async tellMember(name: string, change: Item): Promise<void> {
    await this.tell(name, { ...MEMBER, MemberName: 'Ann', Interface: 'PJSIP/200', ...change })
  }

  /** What was asked of the server since the last time. */
  sent(name: string) {
    return this.rig.pbx.received.filter((each) => each.name === name)
  }

  get member() {
    return this.pbx.queues.get('support')?.members.get('PJSIP/200')
  }

  calls(): CallManager {
    return new CallManager(this.rig.ami, { clock: this.rig.clock })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.pbx.close()
    await this.rig[Symbol.asyncDispose]()
  }

  #queueStatus(queue: string | undefined, member: string | undefined) {
    return this.queueStatus
      .filter(([, fields]) => queue === undefined || fields.Queue === queue)
      .filter(([name, fields]) => name !== 'QueueMember' || member === undefined || fields.Location === member)
      .map(([name, fields]) => event(unlisted(name), { ...fields }))
  }
}
