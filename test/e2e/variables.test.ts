import fc from 'fast-check'
import { type AMIClient, unescapeValue } from 'obelus-asterisk'
import { describe, expect, it } from 'vitest'
import { loggedIn, servers } from './target.js'

const HOSTILE = [
  '',
  ' ',
  ' both ends ',
  'a,b',
  'X=1,Y=2',
  '"quoted"',
  'he said "hi"',
  '\\',
  '\\\\',
  '\\n',
  'a\\,b',
  '(',
  ')',
  '((',
  '[x',
  'f(a,b)',
  "'",
  ';',
  '|',
  '&',
  '$',
  '#',
  '%',
  '{}',
  'tab\there',
  'Zoë',
  '大家好',
  '🎉',
  '"',
  '",',
  '\\"',
  '=',
  '==',
  'a=b',
  '<1>',
  '`',
  '~',
  '!',
  '?',
  '*',
  '^',
  '@',
  '/',
  ':',
  'x: y',
  'Event: Fake',
  `$\{X}`,
  '$[1+1]',
  `$\{`,
  '\u2028',
  '\u00a0',
]

/** Any text that one `Variable` header can hold. `${` and `$[` are what the dialplan itself would evaluate when it reads the value. */
const value = fc
  .string({ unit: 'binary', maxLength: 60 })
  .filter((text) => !/[\r\n\0]|\p{Surrogate}|\$\{|\$\[/u.test(text) && new TextEncoder().encode(text).length < 400)

/** Sets variables on a new channel, reads them back one by one, and ends the channel. */
async function roundTrip(ami: AMIClient, values: readonly string[], id: string): Promise<string[]> {
  const variables = values.map((text, index) => [`V${index}`, text] as const)
  // The variables are set between the channel's making and its dialling.
  const dialled = ami.waitFor('DialBegin', { where: (event) => event.get('DestUniqueid') === id })
  const { type } = await ami.sendAction(
    'Originate',
    { Channel: 'Local/ring@default', ChannelId: id, Application: 'Wait', Data: 1, Timeout: 20_000, Async: true },
    { variables },
  )
  expect(type).toBe('success')
  const channel = (await dialled).get('DestChannel') ?? ''
  const read = await Promise.all(values.map((_, index) => ami.sendAction('Getvar', { Channel: channel, Variable: `V${index}` })))
  await ami.sendAction('Hangup', { Channel: channel })
  return read.map((response) => response.get('Value') ?? '')
}

describe.each(servers)('variables on $name', (server) => {
  it('hostile values are read back exactly', async () => {
    const ami = await loggedIn(server)
    expect(await roundTrip(ami, HOSTILE, `hostile-${Date.now()}`)).toEqual(HOSTILE)
  })

  it('random values are read back exactly', async () => {
    const ami = await loggedIn(server)
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 20, maxLength: 40 }), async (values) => {
        run += 1
        expect(await roundTrip(ami, values, `random-${Date.now()}-${run}`)).toEqual(values)
      }),
      { numRuns: 8, endOnFailure: true },
    )
  })

  it('unescapeValue reads what Asterisk escapes in VarSet and PresenceStateChange, in the list too', async () => {
    const ami = await loggedIn(server)
    const text = "it's \\ a?"
    const change = ami.waitFor('PresenceStateChange')
    await ami.sendAction('Setvar', { Variable: 'PRESENCE_STATE(CustomPresence:Escaped)', Value: `dnd,sub ${text},said ${text}` })
    const list = await ami.sendAction('PresenceStateList')
    for (const event of [await change, list.events.find((item) => item.get('Presentity') === 'CustomPresence:Escaped')]) {
      expect([event?.get('Subtype'), event?.get('Message')]).toEqual(["sub it\\'s \\\\ a\\?", "said it\\'s \\\\ a\\?"])
      expect([event?.get('Subtype'), event?.get('Message')].map((value) => unescapeValue(value ?? ''))).toEqual([
        `sub ${text}`,
        `said ${text}`,
      ])
    }
    const set = ami.waitFor('VarSet', { where: (event) => event.get('Variable') === 'ESCAPED' })
    await ami.sendAction('Setvar', { Variable: 'ESCAPED', Value: text })
    expect(unescapeValue((await set).get('Value'))).toBe(text)
  })

  it('a value that looks like the beginning of output hides nothing that follows it', async () => {
    const ami = await loggedIn(server)
    const next = ami.waitFor('UserEvent', { where: (event) => event.get('UserEvent') === 'Next', timeoutMs: 5_000 })
    const output = 'a%0d%0a%0d%0aResponse: Follows%0d%0aX: y%0d%0a%0d%0a'
    expect((await ami.sendAction('Getvar', { Variable: `URIDECODE(${output})` })).get('Value')).toBe('a')
    await ami.sendAction('UserEvent', { UserEvent: 'Next' }, { timeoutMs: 5_000 })
    await next
    expect((await ami.command('core show version', { timeoutMs: 5_000 }))[0]).toContain('Asterisk')
  })
})
