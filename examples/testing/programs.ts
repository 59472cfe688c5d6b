/** Programs as users write them; the tests beside this file test them without an Asterisk. */
import {
  type AGISession,
  type AMIClient,
  type Call,
  type CallManager,
  type CallOutcome,
  isAMIError,
  type OriginateRequest,
} from 'obelus-asterisk'

/** Calls again after a pause until somebody answers, so many times. */
export async function callUntilAnswered(
  calls: CallManager,
  request: OriginateRequest,
  { attempts, pauseMs }: { readonly attempts: number; readonly pauseMs: number },
): Promise<CallOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await calls.originate(request).ended()
    if (outcome.answered || attempt === attempts) return outcome
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

/** Calls every number, and says what became of each. */
export async function dial(calls: CallManager, numbers: readonly string[]): Promise<readonly string[]> {
  const outcomes = numbers.map(async (number) => {
    const { answered, causeText } = await calls.originate({ channel: `PJSIP/${number}`, application: 'Echo' }).ended()
    return `${number}: ${answered ? 'answered' : causeText}`
  })
  return Promise.all(outcomes)
}

/** Hangs up a call that nobody answers in time. */
export async function ringFor(call: Call, ms: number): Promise<'answered' | 'given up'> {
  try {
    await call.waitFor('up', { timeoutMs: ms })
    return 'answered'
  } catch {
    await call.hangup()
    return 'given up'
  }
}

/** Writes down the callers whom nobody talked with. */
export function watchMissedCalls(calls: CallManager, missed: (number: string) => void): void {
  void (async () => {
    for await (const call of calls.incoming()) {
      void call.ended().then(({ talked }) => {
        if (!talked) missed(call.callerNumber ?? 'withheld')
      })
    }
  })()
}

/** A menu that asks for an account, and again when nobody types one. */
export function accountMenu(balances: ReadonlyMap<string, number>): (agi: AGISession) => Promise<void> {
  return async (agi) => {
    await agi.answer()
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const { digits } = await agi.getData('enter-account', { timeoutMs: 5_000, maxDigits: 4 })
      const balance = balances.get(digits)
      if (balance !== undefined) {
        await agi.sayNumber(balance)
        return
      }
      await agi.streamFile('wrong-account')
    }
    await agi.streamFile('goodbye')
  }
}

/** Counts who waits in each queue. */
export class QueueBoard {
  readonly waiting = new Map<string, number>()

  constructor(ami: AMIClient) {
    ami.onEvent(['QueueCallerJoin', 'QueueCallerLeave'], (event) => {
      this.waiting.set(event.headers.Queue ?? '', Number(event.headers.Count))
    })
  }
}

/** Counts the calls that end, and says where some may have been missed. */
export async function countHangups(ami: AMIClient, report: (line: string) => void): Promise<void> {
  let count = 0
  for await (const item of ami.events('Hangup', { withGaps: true })) {
    if ('reason' in item) report(`after ${count}: ${item.reason}`)
    else count += 1
  }
  report(`${count} in all`)
}

/** What a lamp beside an extension shows. */
export async function lampOf(ami: AMIClient, exten: string): Promise<'green' | 'yellow' | 'red' | 'grey'> {
  const status = Number((await ami.sendAction('ExtensionState', { Exten: exten, Context: 'default' })).get('Status'))
  if (status === 0) return 'green'
  if (status === 8) return 'yellow'
  return status > 0 && status !== 4 ? 'red' : 'grey'
}

/** Tells of new voice mail. */
export function watchMail(ami: AMIClient, mailbox: string, arrived: (messages: number) => void): () => void {
  return ami.onEvent('MessageWaiting', ({ headers }) => {
    if (headers.Mailbox === mailbox && headers.Waiting === '1') arrived(Number(headers.New))
  })
}

/** What a user of a program reads when a member cannot be paused. */
export async function pause(ami: AMIClient, member: string): Promise<string> {
  try {
    await ami.sendAction('QueuePause', { Interface: member, Paused: true }, { timeoutMs: 2_000 })
    return 'paused'
  } catch (error) {
    if (isAMIError(error, 'ACTION_FAILED')) return `not paused: ${error.response.message}`
    if (isAMIError(error, 'ACTION_TIMEOUT')) return 'the PBX does not answer'
    throw error
  }
}
