import fc from 'fast-check'
import { type AGISession, escapeArgument } from 'obelus-asterisk'
import { describe, expect, it } from 'vitest'
import { call, run, serve, TRANSPORTS, type Transport } from './agi-rig.js'
import type { TestServer } from './asterisk/global-setup.js'
import { servers } from './target.js'

const seed = Math.floor(Math.random() * 2 ** 31)
const isCarried = (text: string) => !/[\r\n\0]|\p{Surrogate}/u.test(text)
/** Text of any characters, many of them such as separate or quote something in Asterisk. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'ab ,"\\\'()[]{}$&|^;=:%_#*'), maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 60 }).filter(isCarried),
)
const some = { seed, numRuns: 40, endOnFailure: true }

/** Runs a script on a call, and gives what it gave. */
async function answered<T>(server: TestServer, transport: Transport, script: (agi: AGISession) => Promise<T>): Promise<T> {
  let settle: (outcome: Promise<T>) => void = () => undefined
  const outcome = new Promise<T>((resolve) => {
    settle = resolve
  })
  const { ami, url } = await serve(server, async (agi) => {
    settle(script(agi))
    await outcome.catch(() => undefined)
  })
  await call(ami, url(transport))
  return outcome
}

describe.each(servers)('what Asterisk reads back on $name', (server) => {
  it.each(TRANSPORTS)(`an argument of an application, escaped, over %s; seed ${seed}`, async (transport) => {
    let number = 0
    let heard: (value: string | undefined) => void = () => undefined
    const { ami, url } = await serve(server, async (agi) => {
      try {
        await fc.assert(
          fc.asyncProperty(text, text, async (one, two) => {
            number += 1
            const came = ami.waitFor('UserEvent', { where: (event) => event.get('Number') === String(number), timeoutMs: 5_000 })
            const pairs = { One: `<${one}>`, Two: `<${two}>`, Number: number }
            await agi.exec(
              'UserEvent',
              'Read',
              ...Object.entries(pairs).map(([name, value]) => escapeArgument(`${name}: ${value}`)),
            )
            const event = await came
            expect([event.get('One'), event.get('Two')]).toEqual([`<${one}>`, `<${two}>`])
          }),
          some,
        )
        heard(undefined)
      } catch (error) {
        heard(String(error))
      }
    })
    const problem = new Promise<string | undefined>((resolve) => {
      heard = resolve
    })
    await call(ami, url(transport))
    expect(await problem).toBeUndefined()
  })

  it(`the arguments of a subroutine, unless they are refused; seed ${seed}`, async () => {
    let carried = 0
    await answered(server, 'FastAGI', (agi) =>
      fc.assert(
        fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 3 }), async (args) => {
          const refused = await agi.gosub('given', 's', 1, args).catch((error: { code: string }) => error.code)
          if (refused !== undefined) expect(refused).toBe('AGI_INVALID_COMMAND')
          else {
            carried += 1
            const given = [1, 2, 3].map((position) => agi.getVariable(`GIVEN${position}`))
            expect(await Promise.all(given)).toEqual([1, 2, 3].map((position) => args[position - 1] ?? ''))
          }
        }),
        some,
      ),
    )
    expect(carried).toBeGreaterThan(5)
  })

  it.each(TRANSPORTS)(`values of variables, functions and the database, over %s; seed ${seed}`, async (transport) => {
    // Asterisk takes blanks and control characters off the ends of a name.
    const name = text.filter((value) => value.charAt(0) > ' ' && value.charAt(value.length - 1) > ' ')
    await answered(server, transport, (agi) =>
      fc.assert(
        fc.asyncProperty(text, name, async (value, callerName) => {
          await agi.setVariable('READ', value)
          expect(await agi.getVariable('READ')).toBe(value)
          expect(await agi.getFullVariable('<$'.concat('{READ}>'))).toBe(`<${value}>`)
          await agi.databasePut('read', 'key', value)
          expect(await agi.databaseGet('read', 'key')).toBe(value)
          await agi.setVariable('CALLERID(name)', callerName)
          expect(await agi.getVariable('CALLERID(name)')).toBe(callerName)
        }),
        some,
      ),
    )
  })

  it(`families and keys of the database, each its own; seed ${seed}`, async () => {
    // A slash in one of them makes the same place of a/b, c and a, b/c.
    const part = text.filter((value) => value !== '' && !value.includes('/'))
    await answered(server, 'FastAGI', (agi) =>
      fc.assert(
        fc.asyncProperty(part, part, async (family, key) => {
          await agi.databasePut(family, key, 'there')
          expect(await agi.databaseGet(family, key)).toBe('there')
          expect(await agi.databaseGet(`${family}x`, key)).toBeUndefined()
          await agi.databaseDel(family, key)
          expect(await agi.databaseGet(family, key)).toBeUndefined()
        }),
        some,
      ),
    )
  })

  it(`a family that is deleted leaves the others, unless that is refused; seed ${seed}`, async () => {
    // As the documentation says, _ stands for any character, and case makes no difference.
    const family = text.map((value) => value.toLowerCase().replace(/[_/]/g, '-'))
    await answered(server, 'FastAGI', (agi) =>
      fc.assert(
        fc.asyncProperty(family, async (value) => {
          const others = [`${value}x`, `x${value}`, 'another']
          for (const each of others) await agi.databasePut(each, 'key', 'there')
          if (value !== '') await agi.databasePut(value, 'key', 'there')
          const deleted = await agi.databaseDeltree(value).catch((error: { code: string }) => error.code)
          expect(deleted).toBe(value === '' || value.includes('%') ? 'AGI_INVALID_COMMAND' : true)
          for (const each of others) expect([each, await agi.databaseGet(each, 'key')]).toEqual([each, 'there'])
        }),
        some,
      ),
    )
  })

  it('what is documented to be evaluated is: names of variables, expressions', async () => {
    const seen = await answered(server, 'FastAGI', async (agi) => [
      await agi.getVariable('SHELL(echo hi)'),
      await agi.getFullVariable('$'.concat('{SHELL(echo hi)}')),
      await agi.setVariable('DB(evaluated/key)', 'value'),
      await agi.databaseGet('evaluated', 'key'),
      await agi.exec('Set', 'LITERAL=$'.concat('{CHANNEL}')),
      await agi.getVariable('LITERAL'),
    ])
    expect(seen).toEqual(['hi\n', 'hi\n', undefined, 'value', 0, '$'.concat('{CHANNEL}')])
  })

  it('a caller who has lines of AGI in their name forges nothing', async () => {
    const warnings: string[] = []
    const seen: unknown[] = []
    const { ami, url, fast } = await serve(server, async ({ env, args }) => {
      seen.push([env.accountCode, env.context, args, env.callerIdName])
    })
    fast.on('warning', (message) => warnings.push(message))
    const name = 'Mallory\nagi_context: other\nagi_accountcode: 9\nagi_threadid: 1\nagi_arg_1: admin\n\nHANGUP'
    await run(ami, `${url('FastAGI')},user`, 'named', { NAME: encodeURIComponent(name) })
    expect(seen).toEqual([['17', 'agi', ['user'], name]])
    expect(warnings).toHaveLength(1)
  })
})

describe.each(servers)('a channel on $name', (server) => {
  it('that the dialplan does not run survives every command without its optional arguments', async () => {
    const alive = await answered(server, 'FastAGI', async (agi) => {
      const commands: (() => Promise<unknown>)[] = [
        () => agi.getOption('beep'),
        () => agi.getData('beep', { timeoutMs: 100 }),
        () => agi.channelStatus(),
        () => agi.controlStreamFile('beep'),
        () => agi.databaseDeltree('nothing'),
        () => agi.exec('NoOp'),
        () => agi.getFullVariable('x'),
        () => agi.gosub('given', 's'),
        () => agi.recordFile('/tmp/agi-recording', 'wav', { timeoutMs: 100 }),
        () => agi.sayAlpha('a'),
        () => agi.sayDatetime(new Date(0), { format: 'Y' }),
        () => agi.sayNumber(1),
        () => agi.setMusic(true),
        () => agi.setMusic(false),
        () => agi.setPriority(1),
        () => agi.streamFile('beep'),
        () => agi.verbose('hello'),
        () => agi.waitForDigit(100),
      ]
      for (const command of commands) await command()
      return (await agi.sendCommand('NOOP')).code
    })
    expect(alive).toBe(200)
  }, 60_000)

  it('that has hung up: a 511 tells, in h and in hangup handlers; the script goes on', async () => {
    const seen: unknown[] = []
    const { ami, url, errors } = await serve(server, async (agi) => {
      const before = [agi.isHungUp, agi.signal.aborted]
      const error: unknown = await agi.answer().catch((reason: unknown) => reason)
      const after = [agi.isHungUp, agi.signal.aborted]
      await agi.setVariable('STILL', 'works')
      seen.push([agi.args[0], before, error, after, await agi.getVariable('STILL')])
      await agi.streamFile('beep')
    })
    await run(ami, url('FastAGI'), 'over')
    const dead = expect.objectContaining({ name: 'AGIDeadChannelError', text: expect.stringContaining('dead channel') })
    await expect.poll(() => seen.length).toBe(2)
    expect(seen).toEqual(['h', 'handler'].map((where) => [where, [false, false], dead, [true, true], 'works']))
    expect(errors).toEqual([])
  })
})
