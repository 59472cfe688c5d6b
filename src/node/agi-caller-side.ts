/** Asterisk's side of a call to a script, as the testing kit plays it. */
export interface AGICallerSide {
  /** The commands that came so far. */
  readonly commands: readonly string[]
  readonly isHungUp: boolean
  environment(network: { readonly request: string; readonly script?: string | undefined }): string
  /** The answer to a command. */
  execute(line: string): string | Promise<string>
  /** The script can be reached from now on. */
  connected(wire: { hangup(): void }): void
  /** The script has ended, with the AGISTATUS that the dialplan sees. */
  finished(status: 'SUCCESS' | 'FAILURE'): void
}

/** Writes an answer when it is there: at once, or when the caller has done what the command waits for. */
export function answerWith(reply: string | Promise<string>, write: (reply: string) => void): void {
  if (typeof reply === 'string') write(reply)
  else void reply.then(write)
}
