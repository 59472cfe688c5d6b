import type { Call, CallTransition } from 'obelus-asterisk'

export async function follow(call: Call): Promise<void> {
  for await (const transition of call) console.log(transition.at.toISOString(), transition.status, describe(transition))
}

function describe(transition: CallTransition): string {
  switch (transition.type) {
    case 'stateChanged':
      return transition.stateText
    case 'dialingFinished':
      return transition.dialStatus ?? transition.channel
    case 'ended':
    case 'failed':
    case 'lost':
      return `${transition.cause} ${transition.causeText}`
    default:
      // @ts-expect-error: only an end has a cause.
      return transition.cause ?? transition.type
  }
}
