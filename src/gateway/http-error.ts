/** Why a request is refused, as its answer says. */
export class HTTPError extends Error {
  override readonly name = 'HTTPError' as const
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}
