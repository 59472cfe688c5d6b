import { type AMIClient, type Call, CallManager, type CallOutcome, type OriginateRequest } from 'obelus-asterisk'

export async function dial(ami: AMIClient, signal: AbortSignal): Promise<CallOutcome> {
  using calls = new CallManager(ami, { maxConcurrentCalls: 50, callsPerSecond: 10 })
  const request: OriginateRequest = {
    channel: 'PJSIP/100',
    context: 'default',
    exten: '200',
    callerId: '"Ann" <100>',
    timeoutMs: 30_000,
    variables: { ORDER: '17' },
    signal,
  }
  const call: Call = calls.originate(request)
  await call.waitFor('up', { timeoutMs: 20_000 })
  await call.hangup(17)
  return call.ended()
}
