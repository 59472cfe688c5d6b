import { AsteriskError, markFamily } from '../core/errors.js'

/** The base of all errors of the testing kit. Each has a literal `code`. */
export abstract class TestingError extends AsteriskError {
  static {
    markFamily(TestingError, 'testing')
  }
}

/**
 * What the test asks of the fake cannot be, as the fake stands.
 *
 * When: the fake is closed, it has no dialplan or no such extension, a simulated caller has hung up or is connected to nobody, a client that is
 * to be recorded has a connection already, mock-socket is not installed.
 */
export class FakeStateError extends TestingError {
  override readonly name = 'FakeStateError' as const
  readonly code = 'FAKE_STATE' as const
}

/**
 * A handler or a listener of the test threw, or its promise rejected; `cause` is what it threw.
 *
 * When: `close()` and `reset()` tell of it, as nobody else can be told.
 */
export class FakeCallbackError extends TestingError {
  override readonly name = 'FakeCallbackError' as const
  readonly code = 'FAKE_CALLBACK_FAILED' as const
}

/**
 * No action came for some handlers.
 *
 * When: `assertAllHandlersUsed()` finds them. `handlers` has their labels.
 */
export class UnusedHandlersError extends TestingError {
  override readonly name = 'UnusedHandlersError' as const
  readonly code = 'UNUSED_HANDLERS' as const
  readonly handlers: readonly string[]

  constructor(handlers: readonly string[]) {
    super(`No action came for these handlers: ${handlers.join(', ')}`)
    this.handlers = handlers
  }
}

/**
 * A recording cannot be read.
 *
 * When: `FakeAsterisk.fromRecording` is given a file that `record` did not write, that was changed by hand, or in which no connection was made.
 */
export class RecordingError extends TestingError {
  override readonly name = 'RecordingError' as const
  readonly code = 'INVALID_RECORDING' as const
}
