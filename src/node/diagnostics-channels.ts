/// <reference types="node" preserve="true" />
import { channel, tracingChannel } from 'node:diagnostics_channel'
import type { AGIResponse } from '../agi/response.js'
import type { ConnectionStatus } from '../ami/client/status.js'
import type { AMIEvent } from '../ami/messages/event.js'
import type { AMIResponse } from '../ami/messages/response.js'
import type { Call } from '../calls/call.js'
import type { CallTransition } from '../calls/transition.js'
import type { Gap } from '../core/gap.js'
import type { ObservedOperation, ObservedPoint, Observer } from '../core/observer.js'

/** What the tracing channel `obelus-asterisk:action` tells. */
export interface ActionMessage {
  /** The server, as messages call it: `127.0.0.1:5038`. */
  readonly peer: string
  readonly action: string
  /** Without secrets. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** How long it took, the wait for its turn and for a connection included; set when it is over. */
  readonly durationMs?: number | undefined
  /** Set from `asyncStart` on, unless it failed. */
  readonly result?: AMIResponse | undefined
  /** Why it failed; set from `error` on. */
  readonly error?: unknown
}

/** What the tracing channel `obelus-asterisk:agi-command` tells. */
export interface AGICommandMessage {
  readonly channel: string
  readonly uniqueId: string
  readonly command: string
  /** With its arguments, without secrets. */
  readonly line: string
  /** How long it took, the wait for its turn and for a connection included; set when it is over. */
  readonly durationMs?: number | undefined
  /** Set from `asyncStart` on, unless it failed. */
  readonly result?: AGIResponse | undefined
  /** Why it failed; set from `error` on. */
  readonly error?: unknown
}

/** What the channel `obelus-asterisk:event` tells: every event, while somebody listens. */
export interface EventMessage {
  readonly peer: string
  readonly event: AMIEvent
}

/** What the channel `obelus-asterisk:status` tells. */
export interface StatusMessage {
  readonly peer: string
  readonly status: ConnectionStatus
}

/** What the channel `obelus-asterisk:gap` tells. */
export interface GapMessage {
  readonly peer: string
  readonly gap: Gap
}

/** What the channel `obelus-asterisk:call` tells: each transition of the calls that begin while somebody listens. */
export interface CallMessage {
  readonly call: Call
  readonly transition: CallTransition
}

/** Tells the channels of `node:diagnostics_channel`, which a program shares with what watches it. */
export const DIAGNOSTICS_CHANNELS: Observer = {
  action: operation('obelus-asterisk:action'),
  agiCommand: operation('obelus-asterisk:agi-command'),
  event: point('obelus-asterisk:event'),
  status: point('obelus-asterisk:status'),
  gap: point('obelus-asterisk:gap'),
  call: point('obelus-asterisk:call'),
}

function point(name: string): ObservedPoint {
  const told = channel(name)
  return {
    get isWatched() {
      return told.hasSubscribers
    },
    tell: (facts) => told.publish(facts),
  }
}

function operation(name: string): ObservedOperation {
  const told = tracingChannel<unknown, object>(name)
  return {
    get isWatched() {
      return told.hasSubscribers
    },
    watch: (facts, run) => {
      const message = { ...facts, durationMs: undefined as number | undefined }
      return told.tracePromise(async () => {
        const began = performance.now()
        try {
          return await run()
        } finally {
          message.durationMs = performance.now() - began
        }
      }, message)
    },
  }
}
