import type { Call } from '../calls/call.js'
import type { CallTransition } from '../calls/transition.js'
import { safe } from './output.js'

/** Who talks with whom, as one column: `PJSIP/100 -> 200`. */
export function callText(call: Call): string {
  const from = call.caller?.endpoint ?? call.callerNumber ?? ''
  const to = call.answeredBy?.endpoint ?? call.exten ?? ''
  return safe(`${from || '?'} -> ${to || '?'}`)
}

/** What a transition has besides its type, as words. */
export function transitionText(transition: CallTransition): string {
  switch (transition.type) {
    case 'dialingStarted':
      return safe(transition.channel)
    case 'dialingFinished':
      return safe([transition.channel, transition.dialStatus ?? 'no status'].join(' '))
    case 'stateChanged':
      return safe(transition.stateText)
    case 'transferred':
      return safe(`${transition.kind} to ${transition.to ?? '?'}`)
    case 'queueJoined':
      return safe(`${transition.queue}, position ${transition.position}`)
    case 'queueLeft':
      return safe(`${transition.queue}: ${transition.result}`)
    case 'parked':
      return safe(`${transition.lot} ${transition.space}`)
    case 'ended':
    case 'failed':
    case 'lost':
      return safe(outcomeText(transition))
    default:
      return 'channel' in transition ? safe(transition.channel) : ''
  }
}

function outcomeText({
  reason,
  causeText,
  cause,
  error,
}: Extract<CallTransition, { readonly type: 'ended' | 'failed' | 'lost' }>): string {
  const why = [reason, causeText, cause === 0 ? '' : `cause ${cause}`].filter(Boolean).join(', ')
  return error === undefined ? why : error.message
}

/** Milliseconds as 1:05:09. */
export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const two = (number: number) => String(number).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const rest = `${hours > 0 ? two(Math.floor(seconds / 60) % 60) : Math.floor(seconds / 60)}:${two(seconds % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}
