import { type AccountRights, accountRights } from '../../ami/messages/account-rights.js'
import { isAMIError } from '../../ami/messages/errors.js'
import type { AMIEvent } from '../../ami/messages/event.js'
import type { AMIResponse } from '../../ami/messages/response.js'
import { type ActionHeaders, unlisted } from '../../ami/messages/typed-names.js'
import type { AMIClient } from '../../node/ami-client.js'
import type { Feature } from '../features.js'

/** What is known of an account that is logged in: undefined is what it may not ask, or what its server does not say. */
export interface Facts {
  readonly username: string
  /** The mask of the login: `on`, `off` or classes. */
  readonly mask: string
  /** What Asterisk made of the mask. */
  readonly isMaskOn: boolean
  /** FullyBooted, if it came. */
  readonly booted: AMIEvent | undefined
  /** Whether the console knows the commands of a booted server. */
  readonly hasConsole: boolean | undefined
  /** What `manager show user` says. */
  readonly rights: AccountRights | undefined
  /** Classes of which it may send actions, as ListCommands shows. */
  readonly granted: ReadonlySet<string>
  /** What `manager show settings` says, by its words in lower case. */
  readonly settings: ReadonlyMap<string, string> | undefined
  /** The account's lines in manager.conf: not its secret. */
  readonly account: readonly (readonly [key: string, value: string])[] | undefined
  /** The event that this account raised to see whether it comes: `missing` if it did not. */
  readonly ownEvent: AMIEvent | 'missing' | undefined
  /** Whether OriginateResponse came for a call to nowhere; asked only where the rights are not known. */
  readonly hearsCalls: boolean | undefined
  /** The modules that are loaded, of those that were asked for. */
  readonly modules: ReadonlyMap<string, boolean> | undefined
  /** How long each of some Pings took. */
  readonly roundTripsMs: readonly number[]
  /** How far the server's clock is before this machine's. */
  readonly clockAheadMs: number | undefined
  readonly systemName: string
}

/** The modules that features or recordings need. */
export const MODULES: readonly string[] = ['res_agi', 'app_queue', 'app_audiosocket', 'res_http_media_cache']

/** How long an event that this account raised may take to come; it comes at once. */
const EVENT_MS = 1_500
const PINGS = 5

/** What the doctor knows before it asks. */
export interface Patient {
  readonly ami: AMIClient
  readonly username: string
  readonly mask: string
  readonly features: readonly (readonly [string, Feature])[]
  readonly booted: AMIEvent | undefined
  readonly signal: AbortSignal
}

/** Asks the server what can be asked. @throws what `sendAction` throws when the connection is lost. */
export async function gatherFacts(patient: Patient): Promise<Facts> {
  const { username, mask, booted } = patient
  const ask = asker(patient)
  const pings = await ping(patient)
  const commands = await ask('ListCommands')
  const granted = new Set(commands === undefined ? [] : grantedClasses(commands))
  const showUser = await ask('Command', { Command: `manager show user ${username}` })
  const rights = showUser === undefined ? undefined : accountRights(showUser.output)
  const showSettings = await ask('Command', { Command: 'manager show settings' })
  const coreSettings = await ask('CoreSettings')
  const console = await ask('Command', { Command: 'core show settings' })
  return {
    username,
    mask,
    booted,
    granted,
    rights,
    isMaskOn: (await ask('Events', { EventMask: mask }))?.get('Events')?.toLowerCase() === 'on',
    hasConsole: console === undefined ? (showSettings === undefined ? undefined : false) : true,
    settings: showSettings === undefined ? undefined : settingsOf(showSettings.output),
    account: accountOf(await ask('GetConfig', { Filename: 'manager.conf', Category: username })),
    ownEvent: await ownEvent(patient, granted),
    hearsCalls: rights === undefined ? await hearsCalls(patient, granted) : undefined,
    modules: await loadedModules(patient, granted),
    ...pings,
    systemName: coreSettings?.get('SystemName') ?? '',
  }
}

/** Whether the login asked for events of a class. */
export function isInMask(mask: string, name: string): boolean {
  return mask === 'on' || mask.split(',').includes(name)
}

type Ask = (name: string, headers?: ActionHeaders) => Promise<AMIResponse | undefined>

/** What is refused is undefined. */
function asker({ ami, signal }: Patient): Ask {
  return async (name, headers = {}) => {
    try {
      return await ami.sendAction(unlisted(name), headers, { signal })
    } catch (error) {
      if (isAMIError(error, 'ACTION_FAILED')) return undefined
      throw error
    }
  }
}

async function ping({ ami, signal }: Patient): Promise<Pick<Facts, 'roundTripsMs' | 'clockAheadMs'>> {
  const roundTripsMs: number[] = []
  let clockAheadMs: number | undefined
  for (let at = 0; at < PINGS; at += 1) {
    const began = performance.now()
    const pong = await ami.sendAction('Ping', {}, { signal })
    const took = performance.now() - began
    roundTripsMs.push(took)
    const seconds = Number(pong.get('Timestamp'))
    if (seconds > 0) clockAheadMs = seconds * 1000 - (Date.now() - took / 2)
  }
  return { roundTripsMs, clockAheadMs }
}

/** `Originate: … (Priv: originate,all)`: who may send an action of one class alone has that class (`main/manager.c`). */
function grantedClasses(commands: AMIResponse): string[] {
  return [...commands.entries()].flatMap(([, text]) => {
    const [, list = ''] = /\(Priv: ([\w,<>]*)\)\s*$/.exec(text) ?? []
    const classes = list.split(',').filter((each) => each !== 'all')
    return classes.length === 1 ? classes : []
  })
}

function settingsOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const settings = new Map<string, string>()
  for (const line of lines) {
    const [, name, value] = /^\s+([^:]+):\s*(.*?)\s*$/.exec(line) ?? []
    if (name !== undefined) settings.set(name.trim().toLowerCase(), value ?? '')
  }
  return settings
}

function accountOf(config: AMIResponse | undefined): Facts['account'] {
  if (config === undefined) return undefined
  const lines = [...config.entries()].flatMap(([name, text]): [string, string][] => {
    const at = text.indexOf('=')
    return name.startsWith('Line-') && at > 0 ? [[text.slice(0, at).toLowerCase(), text.slice(at + 1)]] : []
  })
  return lines.filter(([key]) => key !== 'secret')
}

/** An event that harms nobody: does it come, and what does it have? */
async function ownEvent({ ami, mask, signal }: Patient, granted: ReadonlySet<string>): Promise<Facts['ownEvent']> {
  if (!granted.has('user') || !isInMask(mask, 'user')) return undefined
  const name = `ObelusDoctor${Math.random().toString(36).slice(2, 10)}`
  const coming = ami.waitFor('UserEvent', { timeoutMs: EVENT_MS, signal, where: (event) => event.get('UserEvent') === name })
  const [came] = await Promise.allSettled([coming, ami.sendAction('UserEvent', { UserEvent: name }, { signal })])
  return came.status === 'fulfilled' ? came.value : 'missing'
}

/** A call to nowhere fails at once, and OriginateResponse, of the class call, says so to those who may read it. */
async function hearsCalls({ ami, mask, signal }: Patient, granted: ReadonlySet<string>): Promise<boolean | undefined> {
  if (!granted.has('originate') || !isInMask(mask, 'call')) return undefined
  const nowhere = 'obelus-doctor'
  const coming = ami.waitFor('OriginateResponse', {
    timeoutMs: EVENT_MS,
    signal,
    where: (event) => event.get('Channel')?.includes(nowhere) === true,
  })
  const request = { Channel: `Local/${nowhere}@${nowhere}`, Application: 'Hangup', Async: true } as const
  const [came, sent] = await Promise.allSettled([coming, ami.sendAction('Originate', request, { signal })])
  if (came.status === 'fulfilled') return true
  return sent.status === 'fulfilled' ? false : undefined
}

async function loadedModules({ ami, signal }: Patient, granted: ReadonlySet<string>): Promise<Facts['modules']> {
  if (!granted.has('system')) return undefined
  const loaded = new Map<string, boolean>()
  for (const module of MODULES) {
    try {
      await ami.sendAction('ModuleCheck', { Module: module }, { signal })
      loaded.set(module, true)
    } catch (error) {
      if (!isAMIError(error, 'ACTION_FAILED')) throw error
      loaded.set(module, false)
    }
  }
  return loaded
}
