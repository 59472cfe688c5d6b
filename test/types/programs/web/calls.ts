import { type AMIClient, type Call, CallManager, type CallOutcome } from 'obelus-asterisk/web'

export async function dial(ami: AMIClient): Promise<CallOutcome> {
  using calls = new CallManager(ami)
  const call: Call = calls.originate({ channel: 'PJSIP/100', application: 'Playback', data: 'hello' })
  for await (const { type, status } of call) console.log(type, status)
  return call.ended()
}
