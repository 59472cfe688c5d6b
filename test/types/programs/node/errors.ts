import {
  ActionError,
  AMIError,
  type AnyAMIError,
  AsteriskError,
  AuthenticationError,
  ConnectionLostError,
  isAGIError,
  isAMIError,
  isCallError,
} from 'obelus-asterisk'

export function describe(error: unknown): string {
  if (error instanceof ActionError) return `${error.action}: ${error.response.message}`
  if (error instanceof ConnectionLostError) return error.sent === 'no' ? 'repeat it' : 'look first'
  if (error instanceof AuthenticationError && error.code === 'AUTHENTICATION_FAILED') return error.response.type
  if (error instanceof AMIError || error instanceof AsteriskError) return error.code
  return String(error)
}

/** The same, also where the error may be of another copy of the package. */
export function guarded(error: unknown): string {
  if (isAMIError(error, 'ACTION_FAILED')) return `${error.action}: ${error.response.message}`
  if (isAMIError(error, 'CONNECTION_LOST')) return error.sent === 'no' ? 'repeat it' : 'look first'
  if (isCallError(error, 'CALL_FAILED')) return error.outcome.causeText
  if (isAGIError(error, 'AGI_SYNTAX')) return error.usage
  return isAMIError(error) || isCallError(error) || isAGIError(error) ? error.code : String(error)
}

export function again(error: AnyAMIError): boolean {
  return error.code === 'ACTION_TIMEOUT' || error.code === 'CONNECTION_LOST' ? error.sent === 'no' : false
}
