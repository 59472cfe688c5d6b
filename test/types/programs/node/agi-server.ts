import { AGIHangupError, type AGISession, FastAGIServer } from 'obelus-asterisk'

export async function serve(): Promise<number> {
  await using server = new FastAGIServer({ port: 4573, allow: ['10.0.0.0/8'], maxSessions: 100, scriptTimeoutMs: 60_000 })
  server.route('hello', async (agi) => {
    await agi.answer()
    const { digits, timedOut } = await agi.getData('enter-account', { timeoutMs: 5_000, maxDigits: 6 })
    await agi.setVariable('ACCOUNT', timedOut ? '' : digits)
    console.log(agi.query.get('lang'), agi.args[0], agi.env.callerNumber, agi.signal.aborted)
  })
  server.route('bye', bye)
  server.on('error', (error, session) => console.error(session?.env.channel, error))
  // @ts-expect-error: there is no such name.
  server.on('foo', () => undefined)
  const { host, port } = await server.listen()
  console.log(host)
  return port
}

async function bye(agi: AGISession): Promise<void> {
  try {
    await agi.streamFile('vm-goodbye')
  } catch (error) {
    if (!(error instanceof AGIHangupError)) throw error
  }
}
