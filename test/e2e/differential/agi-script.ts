import { createServer, type Socket } from 'node:net'

/** The commands of a script, and what came of each. Serves one call; resolves with the replies when it has ended. */
export async function replies(commands: readonly string[], call: (url: string) => Promise<unknown>): Promise<readonly string[]> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address() as { readonly port: number }
  try {
    const run = new Promise<readonly string[]>((resolve, reject) => {
      server.once('connection', (socket) => runScript(socket, commands).then(resolve, reject))
    })
    const [found] = await Promise.all([run, call(`agi://127.0.0.1:${address.port}/script`)])
    return found
  } finally {
    server.close()
  }
}

async function runScript(socket: Socket, commands: readonly string[]): Promise<readonly string[]> {
  socket.setEncoding('utf8')
  socket.on('error', () => undefined)
  const found: string[] = []
  const lines = linesOf(socket)
  const next = async () => (await lines.next()).value ?? '(closed)'
  while ((await next()) !== '');
  for (const command of commands) {
    socket.write(`${command}\n`)
    let reply = await next()
    while (reply === 'HANGUP' || reply.startsWith('100 ')) reply = await next()
    if (reply.startsWith('520-')) while (!(await next()).startsWith('520 '));
    found.push(`${command} -> ${reply.replace(/endpos=-?\d+/, 'endpos')}`)
    if (reply === '(closed)') break
  }
  socket.end()
  return found
}

async function* linesOf(socket: Socket): AsyncGenerator<string, undefined> {
  let text = ''
  for await (const data of socket) {
    text += data as string
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      yield text.slice(0, end)
      text = text.slice(end + 1)
    }
  }
  return undefined
}
