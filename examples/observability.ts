/**
 * Originates a call and answers one by a script, and prints the OpenTelemetry spans of both, on an embedded fake Asterisk.
 *
 *     npx tsx examples/observability.ts
 */
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { AMIClient, CallManager, FastAGIServer } from 'obelus-asterisk'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { watchAsterisk } from './observability/spans.js'

// In a program of your own: an exporter that sends them, and a BatchSpanProcessor.
const exporter = new InMemorySpanExporter()
const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer('obelus-asterisk')

const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
pbx.dialplan({ 100: { answer: { talkMs: 50 } }, 300: { dial: 'PJSIP/100' } })
const server = new FastAGIServer({ port: 0 }).route('hello', async (agi) => {
  await agi.answer()
  await agi.setVariable('GREETED', 'yes')
})
const stop = watchAsterisk(tracer, server)

const { port } = await server.listen()
const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: pbx.connector })
await ami.login()
const calls = new CallManager(ami)
await calls.originate({ channel: 'PJSIP/100', context: 'default', exten: '300' }).ended()
await pbx.callFastAGI(`agi://127.0.0.1:${port}/hello`).ended()
await server.close()
calls.close()
await ami.close()
await pbx.close()
stop()

for (const span of exporter.getFinishedSpans()) {
  const [seconds, nanoseconds] = span.duration
  const inside = span.parentSpanContext === undefined ? '' : '  '
  console.log(`${inside}${span.name}: ${(seconds * 1e3 + nanoseconds / 1e6).toFixed(1)} ms`)
}
