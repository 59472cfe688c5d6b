import { type AMIClient, AsyncAGIExecutor, CallManager, type ManagerConnection } from 'obelus-asterisk'
import { expect, it } from 'vitest'
import { ClientRig } from '../../support/client-rig.js'
import { settle } from '../../support/virtual-clock.js'

/** Acts and hears as the client does, and is none. */
function byHand(ami: AMIClient): ManagerConnection {
  return {
    get status() {
      return ami.status
    },
    sendAction: (name, ...args) => ami.sendAction(name, ...args),
    listAction: (name, ...args) => ami.listAction(name, ...args),
    command: (command, options) => ami.command(command, options),
    events: ami.events.bind(ami) as ManagerConnection['events'],
    waitFor: (names, options) => ami.waitFor(names, options),
    onEvent: (names, listener) => ami.onEvent(names, listener),
    on: (name, listener) => ami.on(name, listener),
    statusChanges: () => ami.statusChanges(),
    setupFilters: (names) => ami.setupFilters(names),
    report: (error) => ami.report(error),
    warn: () => undefined,
  }
}

it('calls are originated and tracked over a connection written by hand', async () => {
  await using rig = new ClientRig()
  rig.pbx.dialplan({ 200: 'busy' })
  await rig.login()
  using calls = new CallManager(byHand(rig.ami), { clock: rig.clock })
  await settle()
  const call = calls.originate({ channel: 'Local/200@default', application: 'Wait', data: '1' })
  await rig.clock.advance(10_000)
  expect(call.outcome).toMatchObject({ result: 'failed', answered: false })
})

it('scripts answer AsyncAGI over a connection written by hand', async () => {
  await using rig = new ClientRig()
  await rig.login()
  const started: string[] = []
  const executor = new AsyncAGIExecutor(byHand(rig.ami), (agi) => {
    started.push(agi.env.channel)
  })
  await settle()
  rig.pbx.callAsyncAGI({ channel: 'PJSIP/100-00000001' })
  await settle()
  executor.unbind()
  expect(started).toEqual(['PJSIP/100-00000001'])
})
