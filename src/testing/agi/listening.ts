/** What a command plays to a caller, and what it waits for. */
export interface Listening {
  readonly files: readonly string[]
  /** How long it waits for a key, again after each; -1: for ever; 0: not at all. */
  readonly timeoutMs: number
  /** Whether these keys are enough. */
  isEnough(keys: string): boolean
}

/** What a script waits for when it does not say how long. */
const DATA_MS = 6_000
const OPTION_MS = 5_000

const anyKey = (keys: string) => keys !== ''

/** What a command of a script has a caller hear and do; undefined for one that concerns no caller. */
export function listeningTo(
  command: string,
  [first = '', second = '', third = '', fourth = '']: readonly string[],
): Listening | undefined {
  switch (command) {
    case 'STREAM FILE':
    case 'CONTROL STREAM FILE':
      return { files: [first], timeoutMs: 0, isEnough: anyKey }
    case 'GET OPTION':
      return { files: [first], timeoutMs: milliseconds(third, OPTION_MS), isEnough: anyKey }
    case 'GET DATA': {
      const most = Number(third || 1024)
      const isEnough = (keys: string) => keys.length >= most || keys.includes('#')
      return { files: [first], timeoutMs: milliseconds(second, DATA_MS), isEnough }
    }
    case 'WAIT FOR DIGIT':
      return { files: [], timeoutMs: milliseconds(first, -1), isEnough: anyKey }
    case 'RECORD FILE':
      return { files: [], timeoutMs: milliseconds(fourth, -1), isEnough: (keys) => [...third].some((key) => keys.includes(key)) }
    case 'EXEC':
      return /^(playback|background)$/i.test(first)
        ? { files: (second.split(',')[0] ?? '').split('&'), timeoutMs: 0, isEnough: anyKey }
        : undefined
    default:
      return command.startsWith('SAY ') ? { files: [], timeoutMs: 0, isEnough: anyKey } : undefined
  }
}

function milliseconds(text: string, otherwise: number): number {
  const given = Number.parseInt(text, 10)
  return Number.isNaN(given) || given === 0 ? otherwise : given
}
