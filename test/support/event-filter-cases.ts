import { ActionError, type ActionHeaders, type AMIClient } from 'obelus-asterisk'

/** What a session adds, and what comes of it on a release: each answer, and which of the events pass. */
export interface FilterCase {
  readonly filters: readonly ActionHeaders[]
  readonly 16: FilterResult
  readonly 22: FilterResult
}

export interface FilterResult {
  readonly answers: readonly string[]
  readonly passed: string
}

/** The events that are sent, by their letters. */
const EVENTS: readonly (ActionHeaders & { readonly UserEvent: string })[] = [
  { UserEvent: 'A', Channel: 'PJSIP/1', Empty: '' },
  { UserEvent: 'B', Channel: 'Local/1', Note: 'x y' },
  { UserEvent: 'C', 'Channel-2': 'PJSIP/1' },
  { UserEvent: 'd', Tail: 'last' },
]
const ALL = 'ABCd'
const OK = 'Success'
const FORMAT = 'Filter was formatted incorrectly.  Check the syntax of the filter given.'
const COMPILE = 'Filter did not compile.  Check the syntax of the filter given.'

const legacy = (Filter: string): ActionHeaders => ({ Operation: 'Add', Filter })
const advanced = (MatchCriteria: string, Filter?: string): ActionHeaders =>
  Filter === undefined ? { Operation: 'Add', MatchCriteria } : { Operation: 'Add', MatchCriteria, Filter }

/** The same on both releases. */
const both = (passed: string, ...filters: ActionHeaders[]): FilterCase => {
  const result = { answers: filters.map(() => OK), passed }
  return { filters, 16: result, 22: result }
}
const refused = (answer: string, filter: ActionHeaders): FilterCase => {
  const result = { answers: [answer], passed: ALL }
  return { filters: [filter], 16: result, 22: result }
}
/** 16 overlooks `MatchCriteria`. */
const only22 = (filter: ActionHeaders, on16: string, on22: string, answer22 = OK): FilterCase => ({
  filters: [filter],
  16: { answers: [OK], passed: on16 },
  22: { answers: [answer22], passed: on22 },
})

/** Each as it was seen on 16.28 and 22.10. */
export const FILTER_CASES: readonly FilterCase[] = [
  both('A', legacy('UserEvent: A')),
  both('BCd', legacy('!UserEvent: A')),
  both('AB', legacy('UserEvent: A'), legacy('UserEvent: B')),
  both('Cd', legacy('!UserEvent: A'), legacy('!UserEvent: B')),
  both('A', legacy('UserEvent: (A|B)'), legacy('!Local')),
  both('A', legacy('!Local'), legacy('UserEvent: (A|B)')),
  both('AC', legacy('PJSIP')),
  both(ALL, legacy('^Event: UserEvent[[:space:]]')),
  both('', legacy('^UserEvent')),
  both('', legacy('last$')),
  both('d', legacy('last....$')),
  both('A', legacy('UserEvent: A.*PJSIP')),
  both('', legacy('userevent: a')),
  both('ABC', legacy('UserEvent: [[:upper:]]')),
  both('B', legacy('\\<B\\>')),
  both('', legacy(')')),
  both(ALL, legacy('Privilege: user,all')),
  refused(COMPILE, legacy('(')),
  refused(COMPILE, legacy('[')),
  refused(COMPILE, legacy('*')),
  refused(COMPILE, legacy('a{2,1}')),
  refused(COMPILE, legacy('[[:nope:]]')),
  refused(COMPILE, legacy('[[:constructor:]]')),
  refused(COMPILE, legacy('\\')),
  refused(COMPILE, legacy('(?:A)')),
  refused(COMPILE, advanced('method(regex)', '(')),
  refused('Unknown operation', { Operation: 'Remove', Filter: 'UserEvent: A' }),
  refused('Unknown operation', { Filter: 'UserEvent: A' }),
  both('A', { Operation: 'add', Filter: 'UserEvent: A' }),
  only22(legacy(''), ALL, ALL, FORMAT),
  only22({ Operation: 'Add' }, ALL, ALL, FORMAT),
  only22(legacy('!'), '', ALL, FORMAT),
  only22(advanced('name(UserEvent)'), ALL, ALL),
  only22(advanced('name(userevent)'), ALL, ''),
  only22(advanced('name(Hangup)'), ALL, ''),
  only22(advanced('name(UserEvent)', 'PJSIP'), 'AC', ALL, FORMAT),
  only22(advanced('name(UserEvent),method(regex)'), ALL, ALL, FORMAT),
  only22(advanced('name(UserEvent),method(none)', 'PJSIP'), 'AC', ALL, FORMAT),
  only22(advanced('name(UserEvent),header(Channel),method(starts_with)', 'PJSIP'), 'AC', 'A'),
  only22(advanced('header(Channel),method(ends_with)', '/1'), 'ABC', 'AB'),
  only22(advanced('header(Channel),method(exact)', 'Local/1'), 'B', 'B'),
  only22(advanced('header(Channel),method(contains)', 'SIP'), 'AC', 'A'),
  only22(advanced('header(Channel:),method(regex)', '^P'), '', 'A'),
  only22(advanced('method(regex)', 'UserEvent: A'), 'A', 'A'),
  only22(advanced('method(starts_with)', 'Event: UserEvent'), ALL, ALL),
  only22(advanced('header(Channel)'), ALL, 'AB'),
  only22(advanced('header(channel)'), ALL, ''),
  only22(advanced('header(Empty)'), ALL, ''),
  only22(advanced('action(exclude),header(Channel)'), ALL, 'Cd'),
  only22(advanced('header(Channel),method(starts_with)', '!Local'), 'ACd', 'ACd'),
  only22(advanced('action(include),header(Channel),method(starts_with)', '!Local'), 'ACd', 'B'),
  only22(advanced('action(include)'), ALL, ALL, FORMAT),
  only22(advanced('action(what),name(UserEvent)'), ALL, ALL, FORMAT),
  only22(advanced('method(nope)', 'PJSIP'), 'AC', ALL, FORMAT),
  only22(advanced('method(constructor)', 'PJSIP'), 'AC', ALL, FORMAT),
  only22(advanced('nope(x)', 'PJSIP'), 'AC', ALL, FORMAT),
  only22(advanced('name()'), ALL, ALL, FORMAT),
  only22(advanced('()'), ALL, ALL, FORMAT),
  only22(advanced('NAME(UserEvent)'), ALL, ALL, FORMAT),
  only22(advanced('name( UserEvent )'), ALL, ALL, FORMAT),
  only22(advanced('name(UserEvent'), ALL, ALL),
  only22(advanced('names(UserEvent)'), ALL, ALL),
  only22(advanced('name(UserEvent) header(Channel)'), ALL, 'AB'),
  only22(advanced(',header(Channel),name(UserEvent),'), ALL, 'AB'),
  only22(advanced('name(UserEvent),name(Hangup)'), ALL, ''),
  only22(advanced('name((UserEvent)'), ALL, ''),
  only22(advanced('', 'PJSIP'), 'AC', 'AC'),
]

/** Adds filters to the session of one client, sends the events, and says what comes. `watcher` has no filters. */
export async function filtered(ami: AMIClient, watcher: AMIClient, filters: readonly ActionHeaders[]): Promise<FilterResult> {
  const answers: string[] = []
  for (const filter of filters) {
    const sent = ami.sendAction('Filter', filter as { Operation: string }).catch((error: unknown) => error)
    const answer = await sent
    answers.push(answer instanceof ActionError ? answer.response.message : (answer as { message: string }).message)
  }
  const stream = ami.events('UserEvent')
  const isOver = watcher.waitFor('UserEvent', { where: (event) => event.get('UserEvent') === 'end', timeoutMs: 10_000 })
  for (const [at, event] of [...EVENTS, { UserEvent: 'end' }].entries())
    await ami.sendAction('UserEvent', { ActionID: `own-${at}`, ...event })
  await isOver
  // What the server had for this session comes behind the answer to an action, before that to the next one.
  await ami.sendAction('Ping')
  await ami.sendAction('Ping')
  let passed = ''
  while (stream.buffered > 0) passed += (await stream.next()).value.get('UserEvent')
  await stream.close()
  return { answers, passed: passed.replace('end', '') }
}
