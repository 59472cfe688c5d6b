import { ActionError, AMIError, AsteriskError, AuthenticationError, ConnectionLostError } from 'obelus-asterisk'

export function describe(error: unknown): string {
  if (error instanceof ActionError) return `${error.action}: ${error.response.message}`
  if (error instanceof ConnectionLostError) return error.sent === 'no' ? 'repeat it' : 'look first'
  if (error instanceof AuthenticationError && error.code === 'AUTHENTICATION_FAILED') return error.response.type
  if (error instanceof AMIError || error instanceof AsteriskError) return error.code
  return String(error)
}
