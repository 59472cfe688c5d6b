import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { OriginateRequest } from 'obelus-asterisk'
import type { SIPCall } from '../../support/sip/call.js'
import type { Office } from './office.js'
import { ABSENT, OUTSIDE, PEOPLE, type Person, SERVICES, type Service } from './people.js'
import type { AMIRecording, RawEvent } from './witness/ami-recording.js'

/** Where a script is played. */
export interface Stage {
  readonly office: Office
  /** All that the server says, and the connection of a program that is none of ours. */
  readonly recording: AMIRecording
  readonly ours: OurProgram
}

/** What our own program does, by the product. */
export interface OurProgram {
  originate(request: OriginateRequest): void
  clickToCall(from: string, to: string): void
  /** Hands on the call that has a channel. */
  transfer(channel: string, exten: string, options: { readonly attended: boolean }): Promise<void>
}

type Target = Person | Service
type Act = (stage: Stage, ...words: string[]) => unknown

const people = [...Object.keys(PEOPLE), ...Object.keys(OUTSIDE), ...Object.keys(ABSENT)].join('|')
const services = Object.keys(SERVICES).join('|')

/** What people and programs can do, in the words of the scenarios. `{person}` is a name, `{target}` a name or what an office has. */
const SENTENCES: readonly (readonly [sentence: string, act: Act])[] = [
  ["{person}'s phone is busy", ({ office }, who) => office.setManner(who as Person, 'is busy')],
  [
    "{person}'s phone forwards to {person}",
    ({ office }, who, to) => office.setManner(who as Person, { forwardsTo: to as Person }),
  ],
  ['{person} calls {target}', (stage, who, to) => dial(stage, who, stage.office.numberOf(to as Target, who as Person))],
  [
    '{person} calls {target} without a number',
    ({ office }, who, to) => office.call(who as Person, office.numberOf(to as Target, who as Person), 'anonymous'),
  ],
  ["{person} calls {person}'s short line", (stage, who, to) => dial(stage, who, shortLine(stage, who, to))],
  ['{person} dials {text}', (stage, who, number) => dial(stage, who, stage.office.inOffice(number as string))],
  ['{person} picks up what rings at {person}', (stage, who, at) => dial(stage, who, `*9${stage.office.numberOf(at as Person)}`)],
  ['{person} listens to {person}', (stage, who, to) => dial(stage, who, `*55${stage.office.numberOf(to as Person)}`)],
  ["{person}'s phone rings", (stage, who) => ringsAndIsSeen(stage, who as Person)],
  ['{person} hears it ring', ({ office }, who) => current(office, who as Person).until('ringing')],
  [
    '{person} answers',
    async ({ office }, who) => {
      const call = await rings(office, who as Person)
      call.answer()
    },
  ],
  ['{person} is answered', ({ office }, who) => current(office, who as Person).until('up')],
  ['{person} refuses', async ({ office }, who) => (await rings(office, who as Person)).refuse(603, 'Decline')],
  ['{person} says busy', async ({ office }, who) => (await rings(office, who as Person)).refuse()],
  ['{person} and {person} talk', ({ office }, one, two) => talk(office, one as Person, two as Person)],
  ['{person} hangs up', ({ office }, who) => current(office, who as Person).hangUp()],
  ["{person}'s call is over", ({ office }, who) => last(office, who as Person).until('over')],
  ['{person} is gone', (stage, who) => happened(stage, 'Hangup', who as Person)],
  ["{person}'s first call is over", ({ office }, who) => office.callsOf(who as Person)[0]?.until('over')],
  ["{person}'s phone stops ringing", ({ office }, who) => last(office, who as Person).until('over')],
  ['{person} puts the call on hold', ({ office }, who) => current(office, who as Person).hold()],
  ['{person} takes the call back', ({ office }, who) => current(office, who as Person).unhold()],
  [
    '{person} sends the call to {target}',
    ({ office }, who, to) => current(office, who as Person).transfer(office.numberOf(to as Target)),
  ],
  ['{person} connects the two', (stage, who) => connectTheTwo(stage, who as Person)],
  ['{person} goes back to the first call', ({ office }, who) => firstOf(office, who as Person).unhold()],
  [
    '{person} presses {text}',
    ({ office }, who, keys) => current(office, who as Person).voice.press(office.inOffice(keys as string)),
  ],
  [
    "{person}'s phone tells of the key {text}",
    ({ office }, who, keys) => current(office, who as Person).pressByInfo(office.inOffice(keys as string)),
  ],
  ['{person} waits in the queue', (stage, who) => happened(stage, 'QueueCallerJoin', who as Person)],
  ['{person} leaves the queue', (stage, who) => happened(stage, 'QueueCallerLeave', who as Person)],
  ['{person} is in the conference', (stage, who) => happened(stage, 'ConfbridgeJoin', who as Person)],
  ['{person} is parked', (stage, who) => happened(stage, 'ParkedCall', who as Person)],
  ['{person} comes back from parking', (stage, who) => happened(stage, 'ParkedCallTimeOut', who as Person)],
  ['{person} is on duty', (stage, who) => isOnDuty(stage, who as Person)],
  ['{person} is recorded', (stage, who) => happened(stage, 'MixMonitorStart', who as Person)],
  ['{person} is connected as a listener', (stage, who) => happened(stage, 'ChanSpyStart', who as Person)],
  ['{person} has left the conference', (stage, who) => happened(stage, 'ConfbridgeLeave', who as Person)],
  ['{person} is asked', ({ office }, who) => isSpokenTo(office, who as Person)],
  ['{person} hears {person}', ({ office }, who, whom) => hears(office, who as Person, whom as Person)],
  ['a program hangs up on {person}', (stage, who) => program(stage, 'Hangup', who as Person, {})],
  [
    'a program sends {person} to {target}',
    (stage, who, to) =>
      program(stage, 'Redirect', who as Person, {
        Context: 'internal',
        Exten: stage.office.numberOf(to as Target),
        Priority: '1',
      }),
  ],
  [
    'a program parks {person}',
    (stage, who) => program(stage, 'Park', who as Person, { Parkinglot: `lot${stage.office.number}` }),
  ],
  [
    'a program has {person} consult {person}',
    (stage, who, to) =>
      program(stage, 'Atxfer', who as Person, { Context: 'internal', Exten: stage.office.numberOf(to as Person) }),
  ],
  [
    'a program has {person} transfer the call to {target}',
    (stage, who, to) =>
      program(stage, 'BlindTransfer', who as Person, { Context: 'internal', Exten: stage.office.numberOf(to as Target) }),
  ],
  [
    'a program connects {person} with {person}',
    async (stage, one, two) => {
      const [Channel1, Channel2] = [await channelOf(stage, one as Person), await channelOf(stage, two as Person)]
      await stage.recording.ask('Bridge', { Channel1, Channel2 })
    },
  ],
  [
    'a program calls {person} and then {target}',
    (stage, first, then) =>
      callByProgram(stage, { Channel: `PJSIP/${stage.office.numberOf(first as Person)}`, ...whereTo(stage, then as Target) }),
  ],
  [
    'our program calls {person} and then {target}',
    ({ office, ours }, first, then) =>
      ours.originate({
        channel: device(office, first as Person),
        context: 'internal',
        exten: office.numberOf(then as Target),
        callerId: '"Program" <999>',
      }),
  ],
  [
    'our program calls {person} by a Local channel and then {target}',
    ({ office, ours }, first, then) =>
      ours.originate({
        channel: `Local/${office.numberOf(first as Person)}@direct/n`,
        context: 'internal',
        exten: office.numberOf(then as Target),
        callerId: '"Program" <999>',
      }),
  ],
  [
    'our program calls {person} with an announcement',
    ({ office, ours }, first) =>
      ours.originate({ channel: device(office, first as Person), context: 'program', exten: 'announce' }),
  ],
  [
    'our program calls {person} for two seconds',
    ({ office, ours }, first) =>
      ours.originate({ channel: device(office, first as Person), context: 'program', exten: 'wait', timeoutMs: 2_000 }),
  ],
  [
    'our program connects {person} with {target} by a click',
    ({ office, ours }, first, then) => ours.clickToCall(device(office, first as Person), office.numberOf(then as Target)),
  ],
  [
    'our program sends the call of {person} to {target}',
    async (stage, who, to) =>
      stage.ours.transfer(await channelOf(stage, who as Person), stage.office.numberOf(to as Target), { attended: false }),
  ],
  [
    'our program has the call of {person} go to {person} after a talk',
    async (stage, who, to) =>
      stage.ours.transfer(await channelOf(stage, who as Person), stage.office.numberOf(to as Person), { attended: true }),
  ],
  ['a call file calls {person} and then {target}', (stage, first, then) => callFile(stage, first as Person, then as Target)],
]

const PATTERNS = SENTENCES.map(([sentence, act]) => {
  const pattern = sentence
    .replaceAll('{person}', `(${people})`)
    .replaceAll('{target}', `(${people}|${services})`)
    .replaceAll('{text}', '(\\S+)')
  return [new RegExp(`^${pattern}$`), act] as const
})

/** Does what a sentence says, and waits where it says that something happens. @throws Error for a sentence that nobody taught it. */
export async function play(stage: Stage, sentence: string): Promise<void> {
  for (const [pattern, act] of PATTERNS) {
    const words = pattern.exec(sentence)
    if (words === null) continue
    try {
      await act(stage, ...words.slice(1))
    } catch (error) {
      throw new Error(`“${sentence}” did not happen: ${(error as Error).message}`, { cause: error })
    }
    return
  }
  throw new Error(`no such sentence: “${sentence}”`)
}

async function dial({ office }: Stage, who: string | undefined, number: string): Promise<void> {
  await office.call(who as Person, number)
}

function shortLine({ office }: Stage, who: string | undefined, to: string | undefined): string {
  const number = office.numberOf(to as Person, who as Person)
  return `${number.slice(0, -2)}1${number.slice(-1)}`
}

function current(office: Office, who: Person): SIPCall {
  const live = office.callsOf(who).filter(({ state }) => state !== 'over')
  const call = live.findLast(({ isOnHold }) => !isOnHold) ?? live.at(-1)
  if (call === undefined) throw new Error(`${who} has no call`)
  return call
}

function last(office: Office, who: Person): SIPCall {
  const call = office.callsOf(who).at(-1)
  if (call === undefined) throw new Error(`${who} had no call`)
  return call
}

function firstOf(office: Office, who: Person): SIPCall {
  const call = office.callsOf(who).find(({ state }) => state !== 'over')
  if (call === undefined) throw new Error(`${who} has no call`)
  return call
}

/** The call that rings at somebody's phone, as soon as one does. */
function rings(office: Office, who: Person): Promise<SIPCall> {
  const look = () => office.callsOf(who).find((call) => call.isIncoming && call.state === 'ringing')
  return office.facts.until(look, `a call rings at ${who}`)
}

/** The same, and the server has noticed. */
async function ringsAndIsSeen({ office, recording }: Stage, who: Person): Promise<void> {
  await rings(office, who)
  const look = () => {
    const own = recording.eventsOf(office.number).filter((event) => isAbout(event, office, who))
    const states = own.filter(({ name }) => name === 'Newchannel' || name === 'Newstate')
    return states.some(({ fields }) => fields.get('channelstate') === '5' && !isOver(own, fields.get('uniqueid'))) || undefined
  }
  await recording.facts.until(look, `the server sees that it rings at ${who}`)
}

function isOver(events: readonly RawEvent[], id: string | undefined): boolean {
  return events.some(({ name, fields }) => name === 'Hangup' && fields.get('uniqueid') === id)
}

/** Waits until both hear each other, from now on. */
async function talk(office: Office, one: Person, two: Person): Promise<void> {
  await hears(office, one, two)
  await hears(office, two, one)
}

async function hears(office: Office, listener: Person, speaker: Person): Promise<void> {
  const voice = office.voiceOf(speaker)
  const heard = () => office.callsOf(listener).reduce((sum, call) => sum + call.voice.heard(voice), 0)
  const before = heard()
  await office.facts.until(() => heard() >= before + 5 || undefined, `${listener} hears ${speaker}`)
}

/** Waits until a machine has spoken: sound that is nobody's silence, and then none for a while. */
async function isSpokenTo(office: Office, who: Person): Promise<void> {
  const { voice } = current(office, who)
  for (let before = -1; voice.heardSound <= 5 || voice.heardSound !== before; await voice.frames(15)) before = voice.heardSound
}

async function connectTheTwo(stage: Stage, who: Person): Promise<void> {
  const { office } = stage
  const live = office.callsOf(who).filter(({ state }) => state !== 'over')
  const [first, second] = live
  if (first === undefined || second === undefined) throw new Error(`${who} has ${live.length} calls, not two`)
  await first.transferTo(second)
  // The phone hears of it before the server has done it.
  await happened(stage, 'AttendedTransfer', who)
  // Until its second call is over, the server may still take an answer for this phone's.
  await second.until('over')
}

/** Waits for an event about the person's channel. */
async function happened({ office, recording }: Stage, name: string, who: Person): Promise<void> {
  const look = () => recording.eventsOf(office.number).find((event) => event.name === name && isAbout(event, office, who))
  await recording.facts.until(look, `${name} of ${who}`)
}

/** An agent who has just come is not given calls yet. */
async function isOnDuty(stage: Stage, who: Person): Promise<void> {
  await happened(stage, 'AgentLogin', who)
  const { office, recording } = stage
  const ask = { Variable: `DEVICE_STATE(Agent:10${office.number})` }
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await delay(20)) {
    const { fields } = await recording.ask('Getvar', ask)
    if (fields.get('value') === 'NOT_INUSE') return
  }
  throw new Error(`${who} is not given calls`)
}

function isAbout(event: RawEvent, office: Office, who: Person): boolean {
  const prefix = `${device(office, who)}-`
  return [...event.fields].some(([name, value]) => name.endsWith('channel') && value.startsWith(prefix))
}

function device(office: Office, who: Person): string {
  return who in OUTSIDE ? `PJSIP/trunk${office.number}` : `PJSIP/${office.numberOf(who)}`
}

/** The person's channel that lives and is the youngest, as soon as the server has told of it. */
function channelOf({ office, recording }: Stage, who: Person): Promise<string> {
  const prefix = `${device(office, who)}-`
  const look = () => {
    const events = recording.eventsOf(office.number)
    const made = events.filter(({ name, fields }) => name === 'Newchannel' && fields.get('channel')?.startsWith(prefix))
    return made.findLast(({ fields }) => !isOver(events, fields.get('uniqueid')))?.fields.get('channel')
  }
  return recording.facts.until(look, `${who} has a channel`)
}

async function program(stage: Stage, action: string, who: Person, headers: Readonly<Record<string, string>>): Promise<void> {
  await stage.recording.ask(action, { Channel: await channelOf(stage, who), ...headers })
}

function whereTo({ office }: Stage, to: Target): Record<string, string> {
  return { Context: 'internal', Exten: office.numberOf(to), Priority: '1' }
}

async function callByProgram({ recording }: Stage, headers: Readonly<Record<string, string>>): Promise<void> {
  await recording.ask('Originate', { ...headers, Async: 'true', CallerID: '"Program" <999>' })
}

/** A file that Asterisk finds in its spool and calls by. It must appear there complete. */
function callFile(stage: Stage, first: Person, then: Target): void {
  const { office } = stage
  const spool = join(office.pbx.root, 'var/spool/asterisk')
  const lines = {
    Channel: device(office, first),
    CallerID: '"Program" <999>',
    MaxRetries: '0',
    WaitTime: '20',
    Extension: office.numberOf(then),
  }
  const text = Object.entries({ ...lines, Context: 'internal', Priority: '1' }).map(([name, value]) => `${name}: ${value}\n`)
  mkdirSync(join(spool, 'outgoing'), { recursive: true })
  const file = join(spool, `office-${office.number}.call`)
  writeFileSync(file, text.join(''))
  renameSync(file, join(spool, 'outgoing', `office-${office.number}.call`))
}
