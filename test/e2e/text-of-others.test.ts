import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { ActionError, type AMIClient, type Call, CallManager, InvalidActionError, type OriginateRequest } from 'obelus-asterisk'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { TestServer } from './asterisk/global-setup.js'
import { loggedIn, NOT_OURS, releaseOf, servers } from './target.js'

/** Another one each time, and the same again with `SEED=…`. */
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const options = { seed, endOnFailure: true }

/** What Asterisk's parsers give a meaning, and text that they do not. */
const HOSTILE = [...'aB1é大 \t\u0001,;|&()[]{}<>"\'\\/:=$^%#*+-_.!?@~`']
const hostile = (maxLength: number) => fc.string({ unit: fc.constantFrom(...HOSTILE), maxLength })
const anything = (maxLength: number) =>
  fc.string({ unit: 'binary', maxLength }).filter((text) => !/[\r\n\0]|\p{Surrogate}/u.test(text))
const text = (maxLength: number) => fc.oneof(hostile(maxLength), anything(maxLength))

/** A call that is up, on a phone that echoes; it is hung up when the test is over. */
async function answeredCall(ami: AMIClient, request: Partial<OriginateRequest> = {}): Promise<Call> {
  const calls = new CallManager(ami)
  const call = calls.originate({ channel: 'Local/answer@day/n', application: 'Wait', data: '60', ...request } as OriginateRequest)
  onTestFinished(async () => {
    if (call.outcome === undefined) await call.hangup().catch(() => undefined)
    calls.close()
  })
  await call.waitFor('up')
  return call
}

/** True if it was done; false if it was refused before anything was written. */
async function isDone(doing: Promise<unknown>): Promise<boolean> {
  try {
    await doing
    return true
  } catch (error) {
    if (error instanceof InvalidActionError) return false
    throw error
  }
}

describe.each(servers)(`on $name, seed ${seed}`, (server) => {
  it('a variable that is set is read back exactly', async () => {
    const call = await answeredCall(await loggedIn(server))
    // With underscores in front it is inherited under the name without them; with ) at the end it is a function.
    const name = text(20).filter((each) => !each.startsWith('_') && !each.endsWith(')'))
    let done = 0
    await fc.assert(
      fc.asyncProperty(name, text(60), async (variable, value) => {
        if (!(await isDone(call.setVariable(variable, value)))) return
        done += 1
        expect(await call.getVariable(variable)).toBe(value)
      }),
      { ...options, numRuns: 300 },
    )
    expect(done).toBeGreaterThan(150)
  })

  it('a value that begins with a space is read back exactly, of a dialplan function too', async () => {
    const call = await answeredCall(await loggedIn(server))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(' ', '\t', '\u0001'), text(40), async (blank, rest) => {
        await call.setVariable('SPACED', blank + rest)
        await call.setVariable('HASH(KEPT,key)', blank + rest)
        expect([await call.getVariable('SPACED'), await call.getVariable('HASH(KEPT,key)')]).toEqual([blank + rest, blank + rest])
      }),
      { ...options, numRuns: 100 },
    )
  })

  it('a recording has the file that it was given, or none', async () => {
    const call = await answeredCall(await loggedIn(server))
    let number = 0
    await fc.assert(
      fc.asyncProperty(
        text(12).filter((each) => !each.includes('/')),
        fc.option(hostile(6), { nil: undefined }),
        async (part, flags) => {
          number += 1
          const file = `/tmp/obelus-${number}-${part}.wav`
          if (!(await isDone(call.startRecording(file, flags && `b${flags.replaceAll(/[a-zA-Z]/g, '')}`)))) return
          expect(await call.getVariable('MIXMONITOR_FILENAME')).toBe(file)
          await call.stopRecording()
        },
      ),
      { ...options, numRuns: 200 },
    )
  })

  it('a call is sent to exactly the extension and the context that are given', async () => {
    const ami = await loggedIn(server)
    const call = await answeredCall(ami)
    const [uniqueId] = call.uniqueIds
    await fc.assert(
      fc.asyncProperty(text(90), async (part) => {
        const exten = `x${part}`
        const there = ami.waitFor('Newexten', {
          where: (event) =>
            event.get('Uniqueid') === uniqueId && event.get('Context') === 'any' && event.get('Application') === 'Wait',
        })
        if (!(await isDone(call.redirect({ context: 'any', exten })))) return void there.catch(() => undefined)
        await there
        expect([await call.getVariable('EXTEN'), await call.getVariable('CONTEXT')]).toEqual([exten, 'any'])
      }),
      { ...options, numRuns: 60 },
    )
  })

  it('a call that is originated has the account, the caller and the extension that are given', async () => {
    const ami = await loggedIn(server)
    await fc.assert(
      fc.asyncProperty(text(30), text(40), text(40), async (account, callerId, part) => {
        const exten = `x${part}`
        const calls = new CallManager(ami)
        const request = { channel: 'Local/answer@day/n', context: 'any', exten, account, callerId, variables: { NOTE: account } }
        const call = calls.originate(request)
        const there = ami.waitFor('Newexten', {
          where: (event) =>
            event.get('Uniqueid') === call.id && event.get('Context') === 'any' && event.get('Application') === 'Wait',
        })
        const reached = await Promise.race([there, call.ended()])
        if ('result' in reached) expect(reached.error).toBeInstanceOf(InvalidActionError)
        else {
          const names = ['EXTEN', 'CHANNEL(accountcode)', 'CALLERID(num)', 'CALLERID(name)', 'NOTE']
          const { callerId: number, callerName } = call
          expect(await Promise.all(names.map((name) => call.getVariable(name)))).toEqual([
            exten,
            account,
            number,
            callerName,
            account,
          ])
          await call.hangup()
        }
        there.catch(() => undefined)
        await call.ended()
        calls.close()
      }),
      { ...options, numRuns: 60 },
    )
  })

  it('a call is parked in the lot that is named, or in none', async () => {
    const ami = await loggedIn(server)
    const call = await answeredCall(ami)
    await fc.assert(
      fc.asyncProperty(
        text(12).map((part) => `default${part === '' ? ',' : part}`),
        async (parkinglot) => {
          await expect(call.park({ parkinglot })).rejects.toSatisfy(
            (error) => error instanceof ActionError || error instanceof InvalidActionError,
          )
        },
      ),
      { ...options, numRuns: 60 },
    )
    expect((await ami.sendAction('ParkedCalls')).events).toEqual([])
  })

  it('keys are pressed in their order, and no others', async () => {
    const ami = await loggedIn(server)
    const call = await answeredCall(ami)
    const [uniqueId] = call.uniqueIds
    await fc.assert(
      // Without #, at which the phone's Echo would end. Two at least: the end of a call's very first key comes with the next one, as there is no
      // sound here that would move the channel on.
      fc.asyncProperty(fc.string({ unit: fc.constantFrom(...'0123456789*ABCD'), minLength: 2, maxLength: 6 }), async (keys) => {
        const pressed: string[] = []
        const all = ami.waitFor('DTMFEnd', {
          where: (event) => {
            if (event.get('Direction') === 'Received' && event.get('Uniqueid') === uniqueId) pressed.push(event.get('Digit'))
            return pressed.length === keys.length
          },
        })
        await call.sendDTMF(keys)
        await all
        expect(pressed.join('')).toBe(keys)
      }),
      { ...options, numRuns: 8 },
    )
    await expect(ami.sendAction('PlayDTMF', { Channel: call.channels[0]?.name ?? '', Digit: '12' })).rejects.toThrow(
      InvalidActionError,
    )
  })

  it('a member of a queue has the name and the state interface that are given, or is none', async () => {
    const ami = await loggedIn(server)
    await fc.assert(
      fc.asyncProperty(text(20), text(10), async (name, state) => {
        const member = { Queue: 'day', Interface: 'Local/answer@day/n' }
        const added = { ...member, MemberName: `m${name}`, StateInterface: `Custom:${state}` }
        if (!(await isDone(ami.sendAction('QueueAdd', added)))) return
        const { events } = await ami.sendAction('QueueStatus', member)
        await ami.sendAction('QueueRemove', member)
        const found = events.flatMap((event) => (event.is('QueueMember') ? event : []))
        expect(
          found
            .filter((event) => event.get('Location') === member.Interface)
            .map((event) => [event.get('Name'), event.get('StateInterface')]),
        ).toEqual([[added.MemberName, added.StateInterface]])
      }),
      { ...options, numRuns: 60 },
    )
  })

  it('text for the console is one line, whatever it holds', async () => {
    const ami = await loggedIn(server)
    const lines = fc.string({ unit: fc.constantFrom(...HOSTILE, '\n', '\r', '\r\n\r\nAction: Logoff\r\n\r\n'), maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(lines, async (part) => {
        const outcome = await ami.command(`nosuch ${part}`).catch((error: Error) => error)
        expect(outcome).toBeInstanceOf(/[\r\n]/.test(part) ? InvalidActionError : ActionError)
        expect((await ami.sendAction('Ping')).type).toBe('success')
      }),
      { ...options, numRuns: 100 },
    )
  })

  it('a variable of Originate whose name is a dialplan function sets what it says', async () => {
    const call = await answeredCall(await loggedIn(server), { variables: { 'CALLERID(name)': 'Ann, "B"' } })
    expect(await call.getVariable('CALLERID(name)')).toBe('Ann, "B"')
  })

  it.skipIf(server.version === undefined)(
    `no file or option of a recording runs a command${server.version === undefined ? ` (skipped: ${NOT_OURS})` : ''}`,
    async () => {
      const call = await answeredCall(await loggedIn(server))
      const marker = join(rootOf(server), 'tmp', 'obelus-marker')
      rmSync(marker, { force: true })
      const command = 'touch /tmp/obelus-marker'
      for (const [file, flags] of [
        [`/tmp/obelus.wav,,${command};`, undefined],
        ['/tmp/obelus.wav', `b,${command};`],
        [`/tmp/obelus(.wav,),,${command};`, undefined],
        [`/tmp/obelus".wav",,${command};`, undefined],
      ] as const)
        expect(await isDone(call.startRecording(file, flags))).toBe(false)
      // Whereas the field that is meant for it does.
      await call.startRecording('/tmp/obelus.wav')
      expect(existsSync(marker)).toBe(false)
    },
  )
})

function rootOf(server: TestServer): string {
  return releaseOf(server).root
}
