import type { Call } from '../../calls/call.js'
import { CallManager } from '../../calls/call-manager.js'
import type { CallOutcome } from '../../calls/transition.js'
import { quote } from '../../core/checks.js'
import { MOST_SECONDS } from '../arguments.js'
import { transitionText } from '../call-text.js'
import type { Command, Context, ExitCode } from '../command.js'
import { CONNECTION, JSON_OPTION, logIn, withClient } from '../connection.js'
import { safe, timeOfDay } from '../output.js'
import { UsageError } from '../usage-error.js'

export const call: Command = {
  usage: 'CHANNEL EXTENSION[@CONTEXT] [URL] [options]',
  description: [
    'Calls CHANNEL, and when it answers, EXTENSION in the dialplan. With --wait it prints what happens, and ends with the call: 0 when the two',
    'talked, 1 when they did not, 2 when nobody knows. Ctrl-C hangs up. Without --wait it ends when Asterisk has begun to dial.',
  ],
  options: {
    wait: { type: 'boolean', help: 'stay until the call ends' },
    timeout: { type: 'string', value: 'SECONDS', help: 'how long CHANNEL may ring; default: 30' },
    'caller-id': { type: 'string', value: 'ID', help: 'what CHANNEL sees, as \'"Ann" <100>\'; default: EXTENSION' },
    ...JSON_OPTION,
    ...CONNECTION,
  },
  examples: ['obelus call PJSIP/100 0301234@out --wait'],
  async run(args, context) {
    const [channel = '', to = ''] = args.take('CHANNEL', 'EXTENSION')
    if (!/^[^/]+\/./.test(channel))
      throw new UsageError(`CHANNEL must be a technology and a resource, as in PJSIP/100, not ${quote(channel)}`)
    const at = to.indexOf('@')
    const [exten, where] = at < 0 ? [to, 'default'] : [to.slice(0, at), to.slice(at + 1)]
    const seconds = args.number('timeout', 1, MOST_SECONDS)
    return withClient(args, context, async (ami) => {
      await logIn(ami, context)
      const manager = new CallManager(ami)
      try {
        const placed = manager.clickToCall(channel, exten, {
          context: where,
          timeoutMs: seconds === undefined ? undefined : seconds * 1000,
          ...(args.text('caller-id') === undefined ? {} : { callerId: args.text('caller-id') }),
        })
        if (args.flag('wait')) return await toItsEnd(placed, context, args.flag('json'))
        await placed.waitFor('dialing', { signal: context.signal })
        if (args.flag('json')) context.output.printJSON({ id: placed.id, status: placed.status })
        else context.output.print(`Asterisk calls ${safe(channel)}`)
        return 0
      } finally {
        manager.close()
      }
    })
  },
}

async function toItsEnd(placed: Call, { output, signal }: Context, isJSON: boolean): Promise<ExitCode> {
  const hangUp = () => {
    output.note('-- hanging up')
    placed.hangup().catch(() => undefined)
  }
  signal.addEventListener('abort', hangUp)
  try {
    for await (const transition of placed) {
      const { at, type, status } = transition
      if (isJSON) output.printJSON({ id: placed.id, at, type, status, detail: transitionText(transition) })
      else output.print(`${timeOfDay(at)} ${output.styled('cyan', type)} ${transitionText(transition)}`.trimEnd())
    }
    const outcome = await placed.ended()
    if (isJSON) output.printJSON(placed)
    else output.print(verdict(outcome))
    return outcome.result === 'lost' ? 2 : outcome.talked ? 0 : 1
  } finally {
    signal.removeEventListener('abort', hangUp)
  }
}

function verdict({ result, talked, reason, legs, error }: CallOutcome): string {
  if (result === 'lost') return 'nobody knows what became of the call'
  if (talked) return 'they talked'
  const why = error?.message ?? reason ?? (legs.b ?? legs.a).causeText
  return `they did not talk: ${legs.a.answered ? '' : 'nobody answered the first call; '}${safe(why) || 'nothing says why'}`
}
