import type { Call } from '../../calls/call.js'
import { CallManager } from '../../calls/call-manager.js'
import type { CallTransition } from '../../calls/transition.js'
import type { Gap } from '../../core/gap.js'
import type { AMIClient } from '../../node/ami-client.js'
import { callText, duration, transitionText } from '../call-text.js'
import type { Command, ExitCode } from '../command.js'
import { CONNECTION, JSON_OPTION, logIn, untilEnded, withClient } from '../connection.js'
import { gapJSON, gapLine } from '../gap-text.js'
import { columns, type Output, safe, timeOfDay } from '../output.js'

export const calls: Command = {
  usage: '[URL] [options]',
  description: [
    'Prints the calls that live now, one a line: since when, how they stand, who talks. With --follow, what happens to all calls, until Ctrl-C.',
    'A call is what a person would call one: its transfers, queues and Local channels are part of it.',
  ],
  options: {
    follow: { type: 'boolean', help: 'print what happens to them and to those that begin' },
    trunk: {
      type: 'string',
      multiple: true,
      value: 'ENDPOINT',
      help: 'what is outside, such as PJSIP/trunk: tells inbound from outbound',
    },
    ...JSON_OPTION,
    ...CONNECTION,
  },
  examples: ['obelus calls', 'obelus calls --follow --trunk PJSIP/trunk'],
  async run(args, context) {
    args.take()
    const { output, signal } = context
    const isJSON = args.flag('json')
    return withClient<ExitCode>(args, context, async (ami) => {
      await logIn(ami, context)
      const trunks = args.texts('trunk')
      const manager = new CallManager(ami, trunks.length === 0 ? {} : { trunks })
      try {
        if (args.flag('follow')) await follow(ami, manager, { output, signal, isJSON })
        else await list(manager, output, isJSON)
        return 0
      } finally {
        manager.close()
      }
    })
  },
}

async function list(manager: CallManager, output: Output, isJSON: boolean): Promise<void> {
  await manager.ready()
  const live = manager.trackedCalls
  if (isJSON) for (const call of live) output.printJSON(call)
  else if (live.length === 0) output.print('no calls')
  else for (const line of columns([HEAD, ...live.map(row)])) output.print(line)
}

const HEAD = ['SINCE', 'STATUS', 'DIRECTION', 'CALL', 'PARTIES']

function row(call: Call): string[] {
  const since = call.startedAt === undefined ? '?' : duration(Date.now() - call.startedAt.getTime())
  return [since, call.status, call.direction, callText(call), call.parties.map(({ channel }) => safe(channel)).join(' ')]
}

interface Following {
  readonly output: Output
  readonly signal: AbortSignal
  readonly isJSON: boolean
}

async function follow(ami: AMIClient, manager: CallManager, following: Following): Promise<void> {
  const { output, signal, isJSON } = following
  output.note('-- following all calls; Ctrl-C ends')
  const stop = ami.on('gap', (gap: Gap) => {
    if (isJSON) output.printJSON(gapJSON(gap))
    else output.print(output.styled('yellow', gapLine(gap)))
  })
  try {
    for await (const call of untilEnded(manager.all(), signal)) void followOne(call, following)
  } finally {
    stop()
  }
}

/** Ends with the call, or when the manager is closed. */
async function followOne(call: Call, { output, signal, isJSON }: Following): Promise<void> {
  for await (const transition of call) {
    if (signal.aborted) return
    if (isJSON) output.printJSON(transitionJSON(call, transition))
    else output.print(transitionLine(call, transition, output))
  }
}

function transitionLine(call: Call, transition: CallTransition, output: Output): string {
  const { type, at } = transition
  const style = type === 'failed' || type === 'lost' ? 'red' : type === 'ended' ? 'dim' : 'cyan'
  return `${timeOfDay(at)} ${callText(call)} ${output.styled(style, type)} ${transitionText(transition)}`.trimEnd()
}

/** The last one of a call comes with its record. */
function transitionJSON(call: Call, transition: CallTransition): object {
  const { type, at, status } = transition
  const over = type === 'ended' || type === 'failed' || type === 'lost'
  return { id: call.id, at, type, status, detail: transitionText(transition), ...(over ? { call } : {}) }
}
