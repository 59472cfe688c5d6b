import { SpanStatusCode } from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { AMIClient, CallManager, FastAGIServer } from 'obelus-asterisk'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished } from 'vitest'
import { watchAsterisk } from '../../examples/observability/spans.js'
import { Example } from '../support/example.js'

it('an originate and a script are spans, with what is part of them inside', async () => {
  const exporter = new InMemorySpanExporter()
  const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer('test')
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  pbx.dialplan({ 100: { answer: { talkMs: 5 } }, 101: 'busy', 300: { dial: 'PJSIP/100' } })
  const server = new FastAGIServer({ port: 0 })
  server.route('hello', async (agi) => {
    await agi.answer()
    await agi.setVariable('PIN', '1234')
    await agi.sendCommand('GET OPTION', 'x', '#').catch(() => undefined)
  })
  onTestFinished(watchAsterisk(tracer, server))
  const { port } = await server.listen()
  const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: pbx.connector })
  onTestFinished(async () => {
    await server.close()
    await ami.close()
    await pbx.close()
  })
  await ami.login()
  const calls = new CallManager(ami)
  const to300 = { context: 'default', exten: '300' }
  const talked = calls.originate({ channel: 'PJSIP/100', ...to300 })
  await talked.ended()
  await calls.originate({ channel: 'PJSIP/101', ...to300 }).ended()
  await pbx.callFastAGI(`agi://127.0.0.1:${port}/hello`).ended()
  await server.close()
  calls.close()

  const spans = exporter.getFinishedSpans()
  const inside = (parent: ReadableSpan | undefined) =>
    spans.filter((span) => span.parentSpanContext?.spanId === parent?.spanContext().spanId).map(({ name }) => name)
  const [first, second] = spans.filter(({ name }) => name.startsWith('call '))
  expect(first?.attributes).toMatchObject({ 'call.id': talked.id, 'call.result': 'ended', 'call.talked': true })
  expect(first?.events.map(({ name }) => name)).toEqual(expect.arrayContaining(['queued', 'dialingStarted', 'bridged', 'ended']))
  expect(inside(first)).toEqual(['AMI Originate'])
  expect(second?.status).toMatchObject({ code: SpanStatusCode.ERROR, message: 'busy' })
  const script = spans.find(({ name }) => name === 'script hello')
  expect(inside(script)).toEqual(expect.arrayContaining(['AGI ANSWER', 'AGI SET VARIABLE']))
  expect(JSON.stringify(spans.map(({ attributes }) => attributes))).not.toMatch(/1234|s3cret/)
})

it('the program prints its spans', async () => {
  const example = new Example('observability')
  expect(await example.ended()).toBe(0)
  expect(example.lines.map((line) => line.replace(/: [\d.]+ ms$/, ''))).toEqual(
    expect.arrayContaining(['call unknown', '  AMI Originate', 'script hello', '  AGI ANSWER', '  AGI SET VARIABLE']),
  )
}, 30_000)
