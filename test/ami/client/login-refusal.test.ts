import { ActionError, AMIResponse, AuthenticationError, ConnectionError } from 'obelus-asterisk/protocol'
import { describe, expect, it } from 'vitest'
import { isShuttingDown, loginError } from '../../../src/ami/client/login-refusal.js'
import { HeaderFields } from '../../../src/core/header-fields.js'

const response = (type: string, message: string) =>
  AMIResponse.read(new HeaderFields(`Response: ${type}\r\nActionID: 1\r\nMessage: ${message}\r\n\r\n`))

describe('isShuttingDown', () => {
  for (const [type, message, expected] of [
    ['Error', 'Asterisk is shutting down', true],
    ['Error', 'asterisk is Shutting Down', true],
    ['Error', 'Asterisk is shutting down\n', true],
    ['Success', 'Asterisk is shutting down', false],
    ['Error', 'Permission denied', false],
    ['Error', 'The queue Asterisk is shutting down does not exist', false],
  ] as const) {
    it(`${type} ${JSON.stringify(message)} ${expected ? 'says so' : 'does not'}`, () => {
      expect(isShuttingDown(response(type, message))).toBe(expected)
    })
  }
})

describe('loginError', () => {
  for (const [message, passes] of [
    ['Authentication failed', false],
    ['Login Already In Use', true],
    ['Asterisk is shutting down', true],
    ['Permission denied', false],
    ['Must specify AuthType', false],
    ['Something of a later release', false],
    ['', false],
  ] as const) {
    it(`a login refused with ${JSON.stringify(message)} ${passes ? 'can be tried again' : 'is final'}`, () => {
      const refusal = new ActionError('Login', response('Error', message))
      const error = loginError('pbx:5038', 'bob', refusal)
      expect(error.message).toContain(`pbx:5038 refused the login of "bob": ${message}`)
      if (passes) {
        expect(error).toBeInstanceOf(ConnectionError)
        expect(error).toMatchObject({ retryable: true, cause: refusal, code: 'CONNECTION_FAILED' })
      } else {
        expect(error).toBeInstanceOf(AuthenticationError)
        expect(error).toMatchObject({ response: refusal.response, code: 'AUTHENTICATION_FAILED' })
      }
    })
  }
})
