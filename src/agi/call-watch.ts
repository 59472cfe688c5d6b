/** What is told of a call while an application has it, besides the application's answer. */
export interface CallWatch {
  /** When the callee answered, by the session's clock; undefined until one does. */
  readonly answeredAt: number | undefined
  /** The channel of whoever answered. */
  readonly peer: string | undefined
  /** The queue's member who took the call, as the queue names the interface. */
  readonly member: string | undefined
  stop(): void
}
