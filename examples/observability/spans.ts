import { channel, tracingChannel } from 'node:diagnostics_channel'
import { type Context, ROOT_CONTEXT, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import type { ActionMessage, AGICommandMessage, AGISession, CallMessage, FastAGIServer } from 'obelus-asterisk'

/**
 * Makes spans of what a program does with Asterisk, from the diagnostics channels of `obelus-asterisk`: one for each call, with its
 * transitions as events and the Originate in it; one for each action; one for each AGI script of the server, with its commands in it.
 * The returned function ends it.
 */
export function watchAsterisk(tracer: Tracer, server?: FastAGIServer): () => void {
  const calls = new Map<string, Span>()
  const scripts = new Map<string, Span>()
  const stops = [
    watchCalls(tracer, calls),
    watchOperations<ActionMessage>('obelus-asterisk:action', tracer, ({ action, peer, headers }) => ({
      name: `AMI ${action}`,
      attributes: { 'server.address': peer, 'ami.action': action },
      // An Originate has the id of its call.
      parent: calls.get(headers.find(([name]) => name === 'ActionID')?.[1] ?? ''),
    })),
    watchOperations<AGICommandMessage>('obelus-asterisk:agi-command', tracer, ({ command, line, channel: name, uniqueId }) => ({
      name: `AGI ${command}`,
      attributes: { 'agi.line': line, 'asterisk.channel': name },
      parent: scripts.get(uniqueId),
    })),
    ...(server === undefined ? [] : watchScripts(tracer, server, scripts)),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

function watchCalls(tracer: Tracer, calls: Map<string, Span>): () => void {
  const listen = (message: unknown) => {
    const { call, transition } = message as CallMessage
    let span = calls.get(call.id)
    if (span === undefined) {
      span = tracer.startSpan(`call ${call.direction}`, { startTime: transition.at, attributes: { 'call.id': call.id } })
      calls.set(call.id, span)
    }
    span.addEvent(transition.type, { status: transition.status }, transition.at)
    if (transition.type !== 'ended' && transition.type !== 'failed' && transition.type !== 'lost') return
    span.setAttributes({ 'call.result': transition.result, 'call.talked': transition.talked, 'call.cause': transition.cause })
    if (transition.type !== 'ended') span.setStatus({ code: SpanStatusCode.ERROR, message: transition.reason ?? transition.type })
    span.end(transition.at)
    calls.delete(call.id)
  }
  const told = channel('obelus-asterisk:call')
  told.subscribe(listen)
  return () => void told.unsubscribe(listen)
}

function watchScripts(tracer: Tracer, server: FastAGIServer, scripts: Map<string, Span>): (() => void)[] {
  const begun = (session: AGISession) => {
    const { networkScript, channel: name, uniqueId } = session.env
    scripts.set(uniqueId, tracer.startSpan(`script ${networkScript}`, { attributes: { 'asterisk.channel': name } }))
  }
  const ended = (session: AGISession) => {
    scripts.get(session.env.uniqueId)?.end()
    scripts.delete(session.env.uniqueId)
  }
  return [server.on('session', begun), server.on('ended', ended)]
}

/** What a span is made of. */
interface SpanFacts {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly parent: Span | undefined
}

function watchOperations<Message extends { readonly error?: unknown }>(
  name: string,
  tracer: Tracer,
  factsOf: (message: Message) => SpanFacts,
): () => void {
  const spans = new WeakMap<object, Span>()
  const subscribers = {
    start: (message: object) => {
      const { name: title, attributes, parent } = factsOf(message as Message)
      spans.set(message, tracer.startSpan(title, { attributes }, contextOf(parent)))
    },
    error: (message: object) => {
      const { error } = message as Message
      spans
        .get(message)
        ?.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) })
    },
    asyncEnd: (message: object) => spans.get(message)?.end(),
  }
  const told = tracingChannel<unknown, object>(name)
  told.subscribe(subscribers as Parameters<typeof told.subscribe>[0])
  return () => void told.unsubscribe(subscribers as Parameters<typeof told.unsubscribe>[0])
}

function contextOf(parent: Span | undefined): Context {
  return parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent)
}
