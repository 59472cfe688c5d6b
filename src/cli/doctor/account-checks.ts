import { printable } from '../../core/printable.js'
import type { Feature, Need } from '../features.js'
import { type Facts, isInMask, MODULES } from './facts.js'
import { type Check, type Finding, note, ok, unknown, wrong } from './finding.js'

/** What an account was examined for. */
export interface Examination {
  readonly facts: Facts
  /** The features that it must have the rights for. */
  readonly features: readonly (readonly [string, Feature])[]
}

const RELOAD = 'then: asterisk -rx "manager reload", and log in again.'
const MORE_RIGHTS =
  'Run the doctor once with an account that has command in write, or on the server: asterisk -rx "manager show user NAME".'

const booted: Check<Examination> = {
  name: 'booted',
  async run({ facts }) {
    if (facts.booted !== undefined) return ok(`Asterisk has booted fully, ${facts.booted.get('Uptime') ?? '?'} s ago`)
    if (facts.hasConsole === true) return ok('Asterisk has booted fully (this account does not get FullyBooted)')
    const should = reads(facts, 'system') === true
    if (should || facts.hasConsole === false)
      return wrong(
        'Asterisk has not booted fully',
        'The manager answers already, but modules are still being loaded: telephones, queues and the dialplan may not be there yet.',
        'Wait: asterisk -rx "core waitfullybooted". If it takes long, the console says which module is being loaded (asterisk -rvvv).',
      )
    return unknown(
      'whether Asterisk has booted fully: this account does not get FullyBooted',
      `Give it system in read. ${MORE_RIGHTS}`,
    )
  },
}

const mask: Check<Examination> = {
  name: 'mask',
  async run({ facts }) {
    if (facts.isMaskOn)
      return ok(facts.mask === 'on' ? 'the login asks for all events' : `the login asks for the events of ${facts.mask}`)
    return wrong(
      `the login asks for no events (mask ${JSON.stringify(printable(facts.mask))})`,
      facts.mask === 'off'
        ? 'Nothing arrives, whatever the account may read.'
        : 'Asterisk knows no class of these, and takes that for off.',
      'Leave events away in the URL or the options (events: true), or name classes as manager.conf has them: call,agent.',
    )
  },
}

const rights: Check<Examination> = {
  name: 'rights',
  async run({ facts, features }) {
    const findings = features.flatMap(([name, feature]) => [
      ...missing(name, 'read', feature.read, facts),
      ...missing(name, 'write', feature.write, facts),
    ])
    return findings.length > 0
      ? findings
      : ok(`the account has what ${features.map(([name]) => name).join(', ')} need: ${facts.username}`)
  },
}

function missing(feature: string, side: 'read' | 'write', needs: readonly Need[], facts: Facts): Finding[] {
  const has = side === 'read' ? reads : writes
  return needs.flatMap(({ classes, for: what, isOptional }): Finding[] => {
    const states = classes.map((each) => has(facts, each))
    if (states.includes(true)) return []
    const which = classes.join(' or ')
    if (isOptional) {
      const state = states.includes(undefined) ? 'may not be allowed to' : 'may not'
      return [note(`the account ${state} ${side} ${which}: ${feature} can do without, but not hear of ${what}`)]
    }
    if (states.includes(undefined))
      return [unknown(`whether the account may ${side} ${which}, for ${feature}: ${what}`, MORE_RIGHTS)]
    const isMasked = side === 'read' && facts.rights !== undefined && classes.some((each) => facts.rights?.read.has(each))
    return [
      wrong(
        isMasked
          ? `the login's mask (${facts.mask}) leaves out ${which}, which ${feature} needs`
          : `the account ${JSON.stringify(facts.username)} may not ${side} ${which}, which ${feature} needs`,
        `It is needed ${side === 'read' ? 'to hear of ' : ''}${what}.`,
        isMasked
          ? 'Leave events away in the URL or the options, or add the class.'
          : `In manager.conf, [${facts.username}]: add ${classes[0]} to ${side}; ${RELOAD} Or let obelus conf --for ${feature} write the account.`,
      ),
    ]
  })
}

/** Whether events of a class come; undefined where nobody can tell. */
function reads(facts: Facts, name: string): boolean | undefined {
  if (!facts.isMaskOn || !isInMask(facts.mask, name)) return false
  if (facts.rights !== undefined) return facts.rights.read.has(name)
  if (name === 'system' && facts.booted !== undefined) return true
  if (name === 'call') return facts.hearsCalls
  if (name === 'user' && typeof facts.ownEvent === 'object') return true
  return undefined
}

function writes(facts: Facts, name: string): boolean {
  return facts.rights?.write.has(name) ?? facts.granted.has(name)
}

const filters: Check<Examination> = {
  name: 'filters',
  async run({ facts }) {
    const lines = facts.account?.filter(([key]) => key.startsWith('eventfilter')) ?? []
    if (lines.length > 0)
      return wrong(
        `the account has ${lines.length === 1 ? 'a filter' : `${lines.length} filters`} in manager.conf: ${lines.map(([key, value]) => printable(`${key} = ${value}`, 80)).join('; ')}`,
        'Asterisk leaves out the events that do not fit, whatever the account may read. They look as if they had not happened.',
        `In manager.conf, [${facts.username}]: take eventfilter out; ${RELOAD}`,
      )
    if (facts.ownEvent === 'missing' && reads(facts, 'user') === true)
      return wrong(
        'an event that this account raised did not come back, though it may read it',
        'A filter of the account (eventfilter in manager.conf) leaves out events, or disabledevents does.',
        `In manager.conf, [${facts.username}]: take eventfilter out; ${RELOAD}`,
      )
    const disabled = facts.settings?.get('disabled events') ?? ''
    if (disabled !== '')
      return wrong(
        `the server sends nobody these events: ${printable(disabled)}`,
        'They look as if they had not happened.',
        `In manager.conf, [general]: take them out of disabledevents; ${RELOAD}`,
      )
    if (facts.account !== undefined) return ok('the account has no filters in manager.conf')
    if (typeof facts.ownEvent === 'object') return ok('an event that this account raised came back')
    return note('whether the account has filters cannot be seen by it')
  },
}

const numbers: Check<Examination> = {
  name: 'numbers',
  async run({ facts }) {
    const debug = facts.settings?.get('debug')?.toLowerCase()
    const isOn =
      typeof facts.ownEvent === 'object'
        ? facts.ownEvent.get('SequenceNumber') !== undefined
        : debug === undefined
          ? undefined
          : debug === 'yes'
    if (isOn === true) return ok('events are numbered (SequenceNumber): what was missed can be counted')
    if (isOn === undefined) return note('whether events are numbered cannot be seen by this account')
    return note(
      'events are not numbered: how many were missed in an outage cannot be counted',
      `In manager.conf, [general]: debug = on; ${RELOAD}`,
    )
  },
}

const timestamps: Check<Examination> = {
  name: 'timestamps',
  async run({ facts }) {
    const said = facts.settings?.get('timestamp events')?.toLowerCase()
    const isOn =
      typeof facts.ownEvent === 'object'
        ? facts.ownEvent.get('Timestamp') !== undefined
        : said === undefined
          ? undefined
          : said === 'yes'
    if (isOn === true) return ok('events say when they happened (Timestamp)')
    if (isOn === undefined) return note('whether events have timestamps cannot be seen by this account')
    return note(
      'events do not say when they happened: times are those of their arrival',
      `In manager.conf, [general]: timestampevents = yes; ${RELOAD}`,
    )
  },
}

const writeTimeout: Check<Examination> = {
  name: 'writetimeout',
  async run({ facts }) {
    if (facts.account === undefined) return note('writetimeout cannot be seen by this account; without the line it is 100 ms')
    const value = Number(facts.account.find(([key]) => key === 'writetimeout')?.[1] ?? 100)
    if (value >= 1_000) return ok(`writetimeout is ${value} ms`)
    return note(
      `writetimeout is ${value} ms: Asterisk cuts a client off that reads no faster`,
      `In manager.conf, [${facts.username}]: writetimeout = 5000; ${RELOAD}`,
    )
  },
}

const channelVariables: Check<Examination> = {
  name: 'channelvars',
  async run({ facts }) {
    const names = facts.settings?.get('channel vars')
    if (names === undefined) return note('channelvars cannot be seen by this account')
    return names === ''
      ? note('events have no channel variables (channelvars is empty)')
      : ok(`events have the channel variables ${printable(names)}`)
  },
}

const CLOCK_MS = 2_000

const clock: Check<Examination> = {
  name: 'clock',
  async run({ facts: { clockAheadMs } }) {
    if (clockAheadMs === undefined) return note("the server does not tell its clock's time")
    const seconds = Math.abs(clockAheadMs / 1000).toFixed(1)
    const says = `the server's clock is ${seconds} s ${clockAheadMs < 0 ? 'behind' : 'ahead of'} this machine's`
    if (Math.abs(clockAheadMs) < CLOCK_MS) return ok(says)
    return wrong(
      says,
      'Times of events (Timestamp) and times of this machine cannot be compared.',
      'Have both machines set their clocks by NTP: timedatectl set-ntp true.',
    )
  },
}

const roundTrip: Check<Examination> = {
  name: 'round trip',
  async run({ facts: { roundTripsMs } }) {
    const sorted = [...roundTripsMs].sort((one, other) => one - other)
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0
    return ok(
      `a Ping takes ${median.toFixed(1)} ms (median of ${sorted.length}, ${sorted[0]?.toFixed(1)} to ${sorted.at(-1)?.toFixed(1)})`,
    )
  },
}

/** What each is for. */
const USES: Readonly<Record<string, string>> = {
  res_agi: 'AGI, FastAGI and AsyncAGI',
  app_queue: 'queues',
  app_audiosocket: 'AudioSocket (Asterisk 18 and later)',
  res_http_media_cache: 'sounds from http:// addresses',
}

const modules: Check<Examination> = {
  name: 'modules',
  async run({ facts, features }) {
    const { modules: loaded } = facts
    if (loaded === undefined) return note('which modules are loaded cannot be seen by this account (it needs system in write)')
    const needed = new Set(features.flatMap(([, feature]) => feature.modules))
    const gone = MODULES.filter((each) => loaded.get(each) !== true)
    if (gone.length === 0) return ok(`loaded: ${MODULES.join(', ')}`)
    return gone.map((each) => {
      const says = `the module ${each} is not loaded: ${USES[each]}`
      const remedy = `asterisk -rx "module load ${each}.so"; in modules.conf, take out its noload. Your package may have it in another part.`
      return needed.has(each) ? wrong(says, 'What was asked for needs it.', remedy) : note(says, remedy)
    })
  },
}

/** Everything that is asked of an account that is logged in. */
export const accountChecks: readonly Check<Examination>[] = [
  booted,
  mask,
  rights,
  filters,
  numbers,
  timestamps,
  writeTimeout,
  channelVariables,
  clock,
  modules,
  roundTrip,
]
