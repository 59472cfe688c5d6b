import type { AMIAction } from '../../ami/protocol/action-reader.js'
import { type ActionHandler, action, failure, type Resolver, success } from '../handlers.js'
import type { FakeState } from './fake-state.js'
import { globalValue, setGlobalValue } from './functions.js'

/** Setvar and Getvar where no channel is named; with one it is a matter of the dialplan, or of the test, and Getvar finds none else. */
export function variableActions(state: FakeState): ActionHandler[] {
  return [
    withoutChannel('Setvar', (request) => {
      const name = request.get('Variable') ?? ''
      if (name === '') return failure('No variable specified')
      return setGlobalValue(state, name, request.get('Value') ?? '') ? success('Variable Set') : failure('Variable not set')
    }),
    withoutChannel('Getvar', (request) => {
      const name = request.get('Variable') ?? ''
      if (name === '') return failure('No variable specified')
      return success({ Variable: name, Value: globalValue(state, name) ?? '' })
    }),
    // Of a channel that nothing before has taken for its own.
    action({ name: 'Getvar', headers: { Channel: /./, Variable: /./ } }, () => failure('No such channel')),
  ]
}

function withoutChannel(name: 'Setvar' | 'Getvar', resolve: Resolver): ActionHandler {
  const { differs: _, ...handler } = action(name, resolve)
  const matches = (request: AMIAction) =>
    handler.matches(request) && ((request.get('Channel') ?? '') === '' || (request.get('Variable') ?? '') === '')
  return { ...handler, matches }
}
