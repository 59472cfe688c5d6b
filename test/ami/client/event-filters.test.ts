import { ActionError, type AMIClientOptions } from 'obelus-asterisk'
import { action, failure } from 'obelus-asterisk/testing'
import { describe, expect, it } from 'vitest'
import { filterActions } from '../../../src/ami/client/event-filters.js'
import { ClientRig, caught, outcomeOf } from '../../support/client-rig.js'
import { settle } from '../../support/virtual-clock.js'

const quick: Partial<AMIClientOptions> = { reconnect: { initialDelayMs: 1, maxDelayMs: 1 } }

/** The names that were let through, in the order of the actions that were sent. */
const asked = (rig: ClientRig): string[] =>
  rig.pbx.received
    .filter(({ name }) => name === 'Filter')
    .map((each) => /name\((\w+)\)/.exec(each.get('MatchCriteria') ?? '')?.[1] ?? each.get('Filter') ?? '')

describe('setupFilters()', () => {
  it('lets only what was asked for through', async () => {
    await using rig = new ClientRig(quick)
    await rig.login()
    await rig.ami.setupFilters(['Hangup'])
    const all = rig.ami.events()
    for (const name of ['Newchannel', 'Hangup', 'Newexten'] as const) rig.pbx.emit(name)
    await settle()
    expect([all.buffered, (await all.next()).value.name]).toEqual([1, 'Hangup'])
  })

  it('is the union of all who asked, and is set before anything else on each new connection', async () => {
    await using rig = new ClientRig(quick)
    await rig.login()
    await rig.ami.setupFilters(['Hangup', 'Newchannel'])
    await rig.ami.setupFilters(['Hangup', 'UserEvent'])
    const before = asked(rig).length
    const names: string[] = []
    rig.pbx.on('action', ({ name }) => names.push(name))
    for (let times = 1; times <= 2; times += 1) {
      rig.link.break()
      const waiting = caught(rig.ami.sendAction('Ping'))
      await rig.clock.advance(50)
      await waiting
      expect(asked(rig).slice(before + (times - 1) * 5)).toEqual(['Hangup', 'Newchannel', 'UserEvent', 'FullyBooted', 'Shutdown'])
      expect(names.lastIndexOf('Ping')).toBeGreaterThan(names.lastIndexOf('Filter'))
    }
  })

  it('waits for a connection as actions do, and asks once then', async () => {
    await using rig = new ClientRig(quick)
    await rig.login()
    rig.link.break()
    const asking = outcomeOf(rig.ami.setupFilters(['Hangup']))
    await rig.clock.advance(50)
    await asking
    await settle()
    expect(asked(rig)).toEqual(['^Event: (Hangup|FullyBooted|Shutdown)[[:space:]]'])
  })

  it('fault: what Asterisk refuses is told, and not asked for again', async () => {
    await using rig = new ClientRig(
      quick,
      action('Filter', () => failure('Permission denied')),
    )
    await rig.login()
    await expect(rig.ami.setupFilters(['Hangup'])).rejects.toBeInstanceOf(ActionError)
    const before = asked(rig).length
    rig.link.break()
    await rig.clock.advance(50)
    expect(rig.ami.status.state).toBe('online')
    expect(asked(rig)).toHaveLength(before)
  })

  it('fault: a refusal on a later connection is a warning', async () => {
    await using rig = new ClientRig(quick)
    await rig.login()
    await rig.ami.setupFilters(['Hangup'])
    rig.pbx.use(action('Filter', () => failure('Permission denied')))
    rig.link.break()
    await rig.clock.advance(50)
    expect(rig.ami.status.state).toBe('online')
    expect(rig.warnings).toHaveLength(3)
    expect(rig.warnings[0]).toMatch(/refused a filter that it took before: .*Permission denied/)
  })

  it.each(['', 'a|b', '*', 'Hang up', 5])('refuses the name %j before anything is sent', async (name) => {
    await using rig = new ClientRig(quick)
    await rig.login()
    await expect(rig.ami.setupFilters([name as string])).rejects.toThrow(/letters and digits, not /)
    expect(asked(rig)).toEqual([])
  })

  it.each([undefined, 5, {}, 'Hangup'])('refuses %j in place of a list', async (names) => {
    await using rig = new ClientRig(quick)
    await rig.login()
    await expect(rig.ami.setupFilters(names as never)).rejects.toThrow(/a list of events' names/)
    expect(asked(rig)).toEqual([])
  })
})

describe('the Filter actions', () => {
  it('name their event where Asterisk compares names first', () => {
    expect(filterActions(['Hangup'], '11.0.0')[0]).toEqual({
      Operation: 'Add',
      MatchCriteria: 'action(include),name(Hangup),method(regex)',
      Filter: '^Event: Hangup[[:space:]]',
    })
  })

  it.each(['9.0.0', '2.10.6', ''])('are one expression on AMI %j', (apiVersion) => {
    expect(filterActions(['Hangup', 'Hangup'], apiVersion)).toEqual([
      { Operation: 'Add', Filter: '^Event: (Hangup|FullyBooted|Shutdown)[[:space:]]' },
    ])
  })
})
