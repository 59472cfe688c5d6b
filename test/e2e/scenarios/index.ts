import { attendedTransfer, blindTransfer, bridges } from './bridges.js'
import { calls, optimization, pickup } from './calls.js'
import { conferences } from './conferences.js'
import { listening, media, voicemail } from './media.js'
import { parking } from './parking.js'
import type { Pbx } from './pbx.js'
import { abandonedQueue, agents, queues } from './queues.js'
import { asyncAGI, lists, modules, registrations, security } from './server.js'
import { data, states } from './states.js'

const TOPICS = {
  calls,
  pickup,
  optimization,
  bridges,
  blindTransfer,
  attendedTransfer,
  parking,
  queues,
  abandonedQueue,
  agents,
  conferences,
  media,
  listening,
  voicemail,
  states,
  data,
  asyncAGI,
  registrations,
  lists,
  security,
  modules,
}

/** Drives a server through all that a PBX does in a day, so that it tells of as much as it can. */
export async function liveThroughADay(pbx: Pbx): Promise<void> {
  for (const [topic, live] of Object.entries(TOPICS)) {
    try {
      await live(pbx)
      await pbx.hangUpAll()
    } catch (error) {
      throw new Error(`The scenario ${topic} failed on ${pbx.server.name}`, { cause: error })
    }
  }
}
