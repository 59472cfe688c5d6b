import { connect } from 'node:net'
import type { AGICallerSide } from './agi-caller-side.js'

const DEFAULT_PORT = 4573

/**
 * Calls a FastAGI server as Asterisk does: connects, sends the environment, answers commands until the server closes. Returns what ends
 * the connection.
 *
 * @throws TypeError for an invalid URL.
 */
export function callFastAGI(url: string, caller: AGICallerSide): () => void {
  const found = /^agi:\/\/(\[[^\]]+\]|[^/:]+)(?::(\d+))?(?:\/(.*))?$/i.exec(url)
  if (found === null) throw new TypeError(`a FastAGI URL is agi://host:4573/path, not ${JSON.stringify(url)}`)
  const [, host = '', port, script = ''] = found
  const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port: Number(port ?? DEFAULT_PORT), allowHalfOpen: true })
  let text = ''
  let failed = false
  let isConnected = false
  const tellHangup = () => socket.write('HANGUP\n')
  socket.setNoDelay(true)
  socket.setEncoding('utf8')
  socket.on('connect', () => {
    isConnected = true
    socket.write(caller.environment({ request: url, script }))
    caller.connected({ hangup: tellHangup })
  })
  socket.on('data', (data: string) => {
    text += data
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const line = text.slice(0, end)
      text = text.slice(end + 1)
      if (/^failure/i.test(line)) {
        failed = true
        socket.end()
        return
      }
      const before = caller.isHungUp
      socket.write(caller.execute(line))
      if (caller.isHungUp && !before) tellHangup()
    }
  })
  socket.on('end', () => socket.end())
  socket.on('error', () => undefined)
  socket.on('close', () => caller.finished(failed || !isConnected ? 'FAILURE' : 'SUCCESS'))
  return () => socket.destroy()
}
