import type { AGICalls } from '../agi/agi-calls.js'
import type { HeaderPairs } from '../handlers.js'
import type { BuiltInApplication } from './applications.js'
import type { FakeChannel } from './fake-channel.js'
import type { Switchboard } from './switchboard.js'

/** The application AGI: `agi://host/path,argument`, or `agi:async,argument`. */
export function agiApplication(board: Switchboard, agi: AGICalls): BuiltInApplication {
  let commands = 0
  return (channel, data, _phones, returns) => {
    const [url = '', ...args] = data.split(',')
    const options = { ...identityOf(channel), args, variables: Object.fromEntries(channel.variables) }
    const caller =
      url.toLowerCase() === 'agi:async' ? agi.byAsyncAGI(options, () => channel.headers()) : agi.byFastAGI(url, options)
    let isElsewhere = false
    channel.cancel = () => {
      isElsewhere = true
      caller.hangup()
    }
    caller.onCommand((line, reply) => {
      if (isElsewhere) return
      commands += 1
      const command: HeaderPairs = [
        ['CommandId', commands],
        ['Command', line],
      ]
      board.tell(channel, 'AGIExecStart', command)
      for (const [name, value] of caller.variables)
        if (channel.variables.get(name) !== value) board.setVariable(channel, name, value)
      if (caller.isAnswered) board.answer(channel)
      board.tell(channel, 'AGIExecEnd', [...command, ...resultOf(reply)])
    })
    void caller.ended().then((status) => {
      if (isElsewhere || channel.isGone) return
      channel.cancel = () => undefined
      board.setVariable(channel, 'AGISTATUS', status)
      if (caller.isHungUp) board.hangup(channel, 16)
      else returns()
    })
  }
}

function identityOf(channel: FakeChannel) {
  const { name, uniqueId, context, exten, callerIdNum, callerIdName } = channel
  return { channel: name, uniqueId, context, exten, callerId: `"${callerIdName}" <${callerIdNum}>` }
}

/** How a command came out, as AGIExecEnd says it. */
function resultOf(reply: string): HeaderPairs {
  const code = /^5(10|11|20)/.exec(reply)?.[0]
  if (code === '520') return result(520, 'Usage')
  if (code === '511') return result(511, 'Command not permitted on a dead channel or intercept routine')
  if (code === '510') return result(510, 'Invalid or unknown command')
  return reply.startsWith('200 result=-1') ? result(-1, 'Failure') : result(200, 'Success')
}

function result(code: number, text: string): HeaderPairs {
  return [
    ['ResultCode', code],
    ['Result', text],
  ]
}
