import type { AGISession, RecordingResult } from 'obelus-asterisk'
import { describe, expect, it } from 'vitest'
import { deferred } from '../../src/core/deferred.js'
import { call, callersSide, serve, TRANSPORTS, type Transport } from './agi-rig.js'
import type { TestServer } from './asterisk/global-setup.js'
import { servers } from './target.js'

interface Talk {
  /** Hangs the caller up after so long. */
  hangUpAfter(ms: number): void
}

/** Runs a script on an answered call, and gives what it gave. */
async function answered<T>(server: TestServer, transport: Transport, script: (agi: AGISession, talk: Talk) => Promise<T>) {
  const outcome = deferred<T>()
  const { ami, url, errors, async } = await serve(server, async (agi) => {
    const hangUpAfter = (ms: number) => {
      setTimeout(() => ami.sendAction('Hangup', { Channel: callersSide(agi), Cause: 16 }).catch(() => undefined), ms)
    }
    await script(agi, { hangUpAfter }).then(outcome.resolve, outcome.reject)
  })
  await call(ami, url(transport))
  const result = await outcome.promise
  // The next call is another script's.
  async.unbind()
  expect(errors).toEqual([])
  return result
}

const code = (error: { code?: string }) => error.code
/** A second of talk after half a second of ringing, with what a loaded machine adds. */
const aboutASecond = (ms: number | undefined) => ms !== undefined && ms > 800 && ms < 2_500

describe.each(servers)('applications on $name', (server) => {
  it.each(TRANSPORTS)('dial over %s tells who answered, and how long they talked', async (transport) => {
    const [talk, after] = await answered(server, transport, async (agi) => [
      await agi.dial('Local/slow@agi/n', { timeoutMs: 10_000 }),
      await agi.streamFile('beep'),
    ])
    expect(talk).toMatchObject({ status: 'ANSWER', answered: true, cause: 16 })
    expect(talk.peer).toMatch(/^Local\/slow@agi-/)
    // Only AMI tells it of a caller who was answered before.
    expect(transport === 'FastAGI' ? talk.talkMs === undefined : aboutASecond(talk.talkMs)).toBe(true)
    expect(after).toMatchObject({ endPosition: 3520 })
  })

  it.each(TRANSPORTS)('dial over %s does not throw for who does not answer', async (transport) => {
    const came = await answered(server, transport, async (agi) => [
      await agi.dial('Local/busy@default/n'),
      await agi.dial(['Local/ring@default/n', 'Local/ring@default/n'], { timeoutMs: 500 }),
      await agi.dial('Local/no-such-number@default/n'),
    ])
    const nobody = { answered: false, peer: undefined, talkMs: 0, cause: undefined }
    expect(came).toEqual(['BUSY', 'NOANSWER', 'CHANUNAVAIL'].map((status) => ({ status, ...nobody })))
  })

  it.each(TRANSPORTS.flatMap((transport) => [[transport, 200, 'CANCEL'] as const, [transport, 1_000, 'ANSWER'] as const]))(
    'dial over %s tells what came of it when the caller hangs up after %i ms',
    async (transport, ms, status) => {
      const talk = await answered(server, transport, (agi, { hangUpAfter }) => {
        hangUpAfter(ms)
        return agi.dial('Local/slow@agi/n')
      })
      expect(talk).toMatchObject({ status, answered: status === 'ANSWER' })
      expect(talk.peer?.replace(/-.*/, '')).toBe(status === 'ANSWER' ? 'Local/slow@agi' : undefined)
    },
  )

  it('dial counts the talk of a caller who was not answered before, without AMI', async () => {
    const outcome = deferred<{ talkMs: number | undefined }>()
    const { ami, url, errors } = await serve(server, (agi) => agi.dial('Local/slow@agi/n').then(outcome.resolve, outcome.reject))
    const place = { Channel: 'Local/early@agi/n', Application: 'Wait', Data: '10', Async: true }
    await ami.sendAction('Originate', place, { variables: { __URL: url('FastAGI') } })
    expect(aboutASecond((await outcome.promise).talkMs)).toBe(true)
    expect(errors).toEqual([])
  })

  it.each(TRANSPORTS)('queue over %s tells how the caller left it', async (transport) => {
    const member = 'Local/slow@agi/n'
    const come = await answered(server, transport, async (agi) => {
      const empty = await agi.queue('brief', { timeoutMs: 1_000 })
      await agi.exec('AddQueueMember', 'brief', member)
      try {
        return [empty, await agi.queue('nowhere'), await agi.queue('brief'), await agi.queue('brief', { options: 'c' })]
      } finally {
        await agi.exec('RemoveQueueMember', 'brief', member)
      }
    })
    const who = transport === 'AsyncAGI' ? member : undefined
    expect(come).toEqual([
      { status: 'TIMEOUT', answered: false, member: undefined },
      { status: 'UNKNOWN', answered: false, member: undefined },
      { status: 'COMPLETE', answered: true, member: who },
      { status: 'CONTINUE', answered: true, member: who },
    ])
  })

  it.each(TRANSPORTS)('queue over %s tells it when the caller hangs up', async (transport) => {
    const waiting = await answered(server, transport, (agi, { hangUpAfter }) => {
      hangUpAfter(200)
      return agi.queue('brief')
    })
    expect(waiting).toEqual({ status: 'ABANDON', answered: false, member: undefined })
  })

  it.each(TRANSPORTS)('a hangup rejects EXEC and GOSUB in the same way, over %s', async (transport) => {
    const runs: readonly ((agi: AGISession) => Promise<unknown>)[] = [
      (agi) => agi.exec('Read', 'X', 'beep', '', '', '', 5),
      (agi) => agi.exec('Playback', 'tt-monkeys'),
      (agi) => agi.exec('Wait', 5),
      (agi) => agi.gosub('agi', 'stays'),
      (agi) => agi.streamFile('tt-monkeys'),
    ]
    const codes: unknown[] = []
    // One after the other: each call is answered by one executor only, whichever claims it.
    for (const run of runs)
      codes.push(
        await answered(server, transport, (agi, { hangUpAfter }) => {
          hangUpAfter(300)
          return run(agi).catch(code)
        }),
      )
    expect(codes).toEqual(runs.map(() => 'AGI_HANGUP'))
  })

  it.each(TRANSPORTS)('a long variable comes whole, over %s', async (transport) => {
    // Over AsyncAGI each byte that is no ASCII takes three, and Asterisk cuts: that is an error there.
    const long = (transport === 'FastAGI' ? '☎' : 'abc').repeat(360)
    const seen = await answered(server, transport, async (agi) => {
      await agi.setVariable('LONG', long.slice(0, 250))
      await agi.setVariable('REST', long.slice(250))
      await agi.gosub('agi', 'joins')
      const joined = await agi.getVariable('JOINED')
      await agi.setVariable('LONG', '☎'.repeat(240))
      return [joined, await agi.getFullVariable('$'.concat('{LONG}')).catch(code)]
    })
    expect(seen).toEqual([long, transport === 'FastAGI' ? '☎'.repeat(240) : 'AGI_PROTOCOL'])
  })
})

describe.each(servers)('a recording on $name', (server) => {
  it('says what ended it, and how long it is', async () => {
    const record = async (extension: string, script: (agi: AGISession) => Promise<RecordingResult>) => {
      const outcome = deferred<RecordingResult>()
      const { ami, url } = await serve(server, (agi) => script(agi).then(outcome.resolve, outcome.reject))
      const place = { Channel: `Local/${extension}@agi/n`, Application: 'AGI', Data: url('FastAGI'), Async: true }
      await ami.sendAction('Originate', place)
      const { endedBy, durationMs } = await outcome.promise
      return [endedBy, Math.round(durationMs / 1_000)]
    }
    const file = '/tmp/agi-recording'
    const came = await Promise.all([
      record('talks', (agi) => agi.recordFile(`${file}-1`, 'wav', { timeoutMs: 2_000, silenceMs: 1_000 })),
      record('talks', (agi) => agi.recordFile(`${file}-2`, 'sln16', { timeoutMs: 2_000 })),
      record('silent', (agi) => agi.recordFile(`${file}-3`, 'wav', { timeoutMs: 8_000, silenceMs: 2_000 })),
      record('silent', (agi) => agi.recordFile(`${file}-4`, 'wav', { timeoutMs: 2_000, silenceMs: 5_000 })),
    ])
    expect(came).toEqual([
      ['timeout', 2],
      ['timeout', 2],
      ['silence', expect.toSatisfy((seconds: number) => seconds < 3)],
      ['timeout', 2],
    ])
  })
})
