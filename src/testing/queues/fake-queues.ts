import { checkOptions } from '../../core/options.js'
import type { BuiltInApplication } from '../dialplan/applications.js'
import type { Switchboard } from '../dialplan/switchboard.js'
import type { ActionHandler } from '../handlers.js'
import { FakeQueue } from './fake-queue.js'
import { queueActions } from './queue-actions.js'
import { type FakeQueueOptions, QUEUE_SHAPE } from './queue-options.js'
import { QueuedCaller } from './queued-caller.js'

/** The queues of a fake. */
export class FakeQueues {
  readonly #board: Switchboard
  readonly #queues = new Map<string, FakeQueue>()
  readonly handlers: readonly ActionHandler[] = queueActions(this.#queues)

  constructor(board: Switchboard) {
    this.#board = board
    board.devices.onChange((device) => {
      for (const queue of this.#queues.values()) queue.deviceChanged(device)
    })
  }

  /** @throws TypeError or RangeError that names a wrong option. */
  add(name: string, options: FakeQueueOptions): void {
    checkOptions(options, QUEUE_SHAPE, `queue.${name}`)
    this.#queues.set(name, new FakeQueue(name, options, this.#board))
  }

  /** The application Queue: `name,options,url,announcement,seconds,agi,gosub,rule,position`. */
  readonly application: BuiltInApplication = (channel, data, phones, returns) => {
    const [name = '', , , , seconds = ''] = data.split(',')
    const board = this.#board
    if (board.version === 22)
      for (const times of ['ANSWEREDTIME', 'DIALEDTIME', 'QUEUEWAIT'])
        for (const variable of [times, `${times}_MS`]) board.setVariable(channel, variable, '')
    const queue = this.#queues.get(name)
    const refusal = refusalOf(queue)
    if (queue === undefined || refusal !== undefined) {
      board.setVariable(channel, 'QUEUESTATUS', refusal ?? 'UNKNOWN')
      returns()
      return
    }
    const priority = Number(channel.variables.get('QUEUE_PRIO') ?? 0)
    const timeoutSeconds = Number(seconds) > 0 ? Number(seconds) : undefined
    new QueuedCaller(queue, channel, { priority, timeoutSeconds }, { board, phones, returns }).start()
  }
}

/** Why nobody can join a queue, as QUEUESTATUS says it. */
function refusalOf(queue: FakeQueue | undefined): string | undefined {
  if (queue === undefined) return 'UNKNOWN'
  if (!queue.options.joinEmpty && queue.isEmpty) return 'JOINEMPTY'
  return queue.isFull ? 'FULL' : undefined
}
