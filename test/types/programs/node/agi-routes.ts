import { AGIRouter, type AGIScript, type AGISession } from 'obelus-asterisk'

const any: AGIScript = (agi) => agi.noop(agi.params.whatever)
const named = (agi: AGISession<{ readonly name: string }>) => agi.setVariable('NAME', agi.params.name)

export const router = new AGIRouter()
  .route('hello/:name', (agi) => agi.setVariable('NAME', agi.params.name.toUpperCase()))
  .route('queue/:queue/:place', (agi) => Number(agi.params.place) + agi.params.queue.length)
  .route('shop/*', (agi) => agi.noop(agi.params['*']))
  .route('a/:name', named)
  .route('b/:name', any)
  .routeDefault(any)

// @ts-expect-error: the path names no such part.
router.route('c/:name', (agi) => agi.noop(agi.params.nmae))
// @ts-expect-error: the path does not name what the script reads.
router.route('d/:other', named)
