import { connect } from 'node:net'
import { type AGICallerSide, answerWith } from './agi-caller-side.js'
import { TextLines } from './text-lines.js'

const DEFAULT_PORT = 4573

/**
 * Calls a FastAGI server as Asterisk does: connects, sends the environment, answers commands until the server closes. Returns
 * what ends the connection.
 *
 * @throws TypeError for an invalid URL.
 */
export function callFastAGI(url: string, caller: AGICallerSide): () => void {
  const found = /^agi:\/\/(\[[^\]]+\]|[^/:]+)(?::(\d+))?(?:\/(.*))?$/i.exec(url)
  if (found === null) throw new TypeError(`a FastAGI URL is agi://host:4573/path, not ${JSON.stringify(url)}`)
  const [, host = '', port, script = ''] = found
  const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port: Number(port ?? DEFAULT_PORT), allowHalfOpen: true })
  const lines = new TextLines()
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
    for (const line of lines.push(data)) {
      if (/^failure/i.test(line)) {
        failed = true
        socket.end()
        return
      }
      const before = caller.isHungUp
      answerWith(caller.execute(line), (reply) => {
        socket.write(reply)
        if (caller.isHungUp && !before) tellHangup()
      })
    }
  })
  socket.on('end', () => socket.end())
  socket.on('error', () => undefined)
  socket.on('close', () => caller.finished(failed || !isConnected ? 'FAILURE' : 'SUCCESS'))
  return () => socket.destroy()
}
