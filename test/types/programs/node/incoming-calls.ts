import { type AMIClient, CallEndedError, CallFailedError, CallManager, HANGUP_CAUSES } from 'obelus-asterisk'

export async function watch(ami: AMIClient): Promise<void> {
  const calls = new CallManager(ami)
  await calls.setupFilters(['UserEvent'])
  for await (const call of calls.incoming()) {
    console.log(call.callerName, call.exten, call.channels.length, call.variables.get('ORDER'))
    call.waitFor('bridged').catch((error: unknown) => {
      if (error instanceof CallEndedError || error instanceof CallFailedError)
        console.log(HANGUP_CAUSES[error.outcome.cause]?.text)
    })
  }
  calls.close()
}
