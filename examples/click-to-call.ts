/**
 * A page with a button: it has your telephone called, and connects it with the number you typed. The page shows what happens to the call as it happens.
 *
 *     npx tsx examples/click-to-call.ts --host pbx.example --username web --secret … --context internal
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CallManager, type CallOutcome } from 'obelus-asterisk'
import { readOptions, untilInterrupted, withClient } from './support/target.js'

const { values } = readOptions(
  [
    'npx tsx examples/click-to-call.ts [--listen 8080] [--context default]',
    '  POST /calls {"telephone": "PJSIP/100", "number": "200"}',
  ],
  { listen: { type: 'string', default: '8080' }, context: { type: 'string', default: 'default' } },
)

const PAGE = `<!doctype html><meta charset="utf-8"><title>Click to call</title>
<form><input name="telephone" value="PJSIP/100"> calls <input name="number" value="200"> <button>Call</button></form><pre></pre>
<script>
document.querySelector('form').addEventListener('submit', async (submit) => {
  submit.preventDefault()
  const body = JSON.stringify(Object.fromEntries(new FormData(submit.target)))
  const response = await fetch('/calls', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const log = document.querySelector('pre')
  log.textContent = ''
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) log.textContent += text
})
</script>`

await withClient(
  values,
  (pbx) => pbx.dialplan({ 100: { answer: { afterMs: 500 } }, 101: 'busy', 200: { answer: { talkMs: 2_000 } } }),
  async (ami) => {
    using calls = new CallManager(ami, { maxConcurrentCalls: 10 })
    const server = createServer((request, response) => {
      answer(calls, request, response).catch((error: Error) => {
        if (!response.headersSent) response.writeHead(400, { 'content-type': 'text/plain' })
        response.end(`${error.message}\n`)
      })
    })
    const stop = untilInterrupted()
    await new Promise<void>((resolve, reject) => {
      server.on('error', reject)
      server.on('close', resolve)
      server.listen(Number(values.listen), '127.0.0.1', () => {
        console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
      })
      stop.addEventListener('abort', () => {
        server.close()
        server.closeAllConnections()
      })
    })
  },
)

/** Starts a call and writes a line for each thing that happens to it. A page that is closed hangs up. */
async function answer(calls: CallManager, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'GET' && request.url === '/') {
    response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE)
    return
  }
  // JSON only: another site's form cannot send it, so it cannot have your telephone called.
  if (request.method !== 'POST' || request.url !== '/calls' || request.headers['content-type'] !== 'application/json') {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('POST JSON to /calls\n')
    return
  }
  const { telephone, number } = await readJSON(request)
  const call = calls.clickToCall(telephone ?? '', number ?? '', { context: values.context })
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  response.on('close', () => {
    if (call.outcome === undefined) call.hangup().catch(() => undefined)
  })
  for await (const { type, status, at } of call) response.write(`${JSON.stringify({ at, type, status })}\n`)
  response.end(`${JSON.stringify({ outcome: whatBecame(await call.ended()) })}\n`)
}

/** Of both: who clicked, and whom they wanted. */
function whatBecame({ legs: { a, b }, reason, talked }: CallOutcome): string {
  if (!a.answered) return `Your telephone was not picked up (${reason ?? a.causeText})`
  if (talked) return `You talked with ${b?.party?.number || 'them'}`
  if (b === undefined) return 'No telephone has this number'
  return `They did not answer (${reason ?? b.causeText})`
}

async function readJSON(request: IncomingMessage): Promise<Record<string, string | undefined>> {
  let text = ''
  for await (const chunk of request) {
    text += chunk
    if (text.length > 1000) throw new RangeError('That is no telephone number')
  }
  const value: unknown = JSON.parse(text)
  const entries = Object.entries(typeof value === 'object' && value !== null ? value : {})
  return Object.fromEntries(entries.map(([name, each]) => [name, String(each)]))
}
