/** A step of a dialplan: an application, and the data it is given. */
export interface Step {
  readonly application: string
  readonly data: string
}

export function step(application: string, data = ''): Step {
  return { application, data }
}

/** Reads a step as extensions.conf has it: `Dial(PJSIP/200,20)`. @throws TypeError for a text that is none. */
export function parseStep(text: string): Step {
  const [, application, data = ''] = /^\s*(\w+)\s*(?:\((.*)\))?\s*$/s.exec(text) ?? []
  if (application === undefined)
    throw new TypeError(`a step of the dialplan must be as in extensions.conf, such as 'Dial(PJSIP/200,20)', not '${text}'`)
  return step(application, data)
}

/** Milliseconds as seconds, the way applications take them. */
export function seconds(ms: number): string {
  return Number.isFinite(ms) ? String(ms / 1000) : String(DAY_SECONDS)
}

/** Stands for what has no end. */
const DAY_SECONDS = 86_400
