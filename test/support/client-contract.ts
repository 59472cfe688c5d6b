import {
  ActionError,
  AMIClient,
  type AMIClientOptions,
  AuthenticationError,
  ClosedError,
  type ConnectionStatus,
  Gap,
  InvalidActionError,
  unlisted,
  WaitTimeoutError,
} from 'obelus-asterisk'
import { type FaultyConnector, faulty } from 'obelus-asterisk/testing'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'

/** Something that the contract's clients can log in to. */
export interface ContractTarget {
  /** What a client needs to reach it and log in. */
  readonly options: AMIClientOptions
  /** Takes it down. */
  close(): Promise<void>
}

/**
 * What every client does over every kind of link, also to a real Asterisk. The target answers `CoreShowChannels` with a list, and
 * `Command: core show version` with one line that holds `Asterisk`; it does not answer the action `NoSuchAction`.
 */
export function describeClientContract(name: string, open: () => Promise<ContractTarget>): void {
  describe(`client contract over ${name}`, () => {
    let target: ContractTarget
    let clients: AMIClient[] = []
    const client = (options: Partial<AMIClientOptions> = {}) => {
      const made = new AMIClient({ ...target.options, ...options })
      clients.push(made)
      return made
    }
    const loggedIn = async (options: Partial<AMIClientOptions> = {}) => {
      const made = client(options)
      await made.login()
      return made
    }

    const faults = (ami: AMIClient) => {
      const made: FaultyConnector[] = []
      ami.wrapConnector((connector) => {
        const link = faulty(connector)
        made.push(link)
        return link
      })
      return made[0] as FaultyConnector
    }

    const results: (string | undefined)[] = []

    beforeEach(async () => {
      target = await open()
    })
    afterAll(() => {
      const passed = results.filter((state) => state === 'pass').length
      console.log(`contract | ${name.padEnd(44)} | ${passed} of ${results.length}`)
    })
    afterEach(async ({ task }) => {
      results.push(task.result?.state)
      await Promise.all(clients.map((each) => each.close()))
      clients = []
      await target.close()
    })

    it.each(['md5', 'plaintext'] as const)('logs in by %s', async (authType) => {
      const ami = await loggedIn({ authType })
      expect(ami.status.state).toBe('online')
      expect((await ami.sendAction('Ping')).get('ping')).toBe('Pong')
    })

    it('goes through its states in order', async () => {
      const ami = client()
      const statuses = ami.statusChanges()
      await ami.login()
      await ami.close()
      const states: ConnectionStatus['state'][] = []
      for await (const status of statuses) states.push(status.state)
      expect(states).toEqual(['connecting', 'authenticating', 'booting', 'online', 'closing', 'closed'])
    })

    it('refuses wrong credentials once, without the secret in the error', async () => {
      const ami = client({ secret: 'wrong-secret' })
      const error = await ami.login().catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(AuthenticationError)
      expect(error).toMatchObject({ code: 'AUTHENTICATION_FAILED', message: expect.stringContaining('Authentication failed') })
      expect(String(error)).not.toContain('wrong-secret')
      expect(ami.status.state).toBe('failed')
    })

    it('gives each of 1,000 parallel actions its own answer', async () => {
      const ami = await loggedIn()
      const ids = Array.from({ length: 1_000 }, (_, index) => `own-${index}`)
      const answers = await Promise.all(ids.map((ActionID) => ami.sendAction('Ping', { ActionID })))
      expect(answers.map((answer) => answer.get('ActionID'))).toEqual(ids)
    })

    it('resolves a list with its items and its last event, and streams it', async () => {
      const ami = await loggedIn()
      const list = await ami.sendAction('CoreShowChannels')
      expect(list.completion?.name).toBe('CoreShowChannelsComplete')
      expect(list.completion?.get('ListItems')).toBe(String(list.events.length))
      const streamed: string[] = []
      for await (const item of ami.listAction('CoreShowChannels')) streamed.push(item.name)
      expect(streamed).toEqual(list.events.map((item) => item.name))
    })

    it('gives the lines that a console command prints', async () => {
      const ami = await loggedIn()
      const lines = await ami.command('core show version')
      expect(lines).toHaveLength(1)
      expect(lines[0]).toContain('Asterisk')
    })

    it('rejects with the answer of a refused action', async () => {
      const ami = await loggedIn({})
      const error = await ami.sendAction(unlisted('NoSuchAction')).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(ActionError)
      expect(error).toMatchObject({
        action: 'NoSuchAction',
        response: { type: 'error' },
        message: expect.stringContaining('NoSuchAction'),
      })
    })

    it('delivers events to streams, listeners and waits, in order', async () => {
      const ami = await loggedIn()
      const stream = ami.events('UserEvent', { where: (event) => event.get('UserEvent') === 'Contract' })
      const heard: string[] = []
      const off = ami.onEvent('UserEvent', (event) => heard.push(event.get('Number') ?? ''))
      const third = ami.waitFor('UserEvent', { where: (event) => event.get('Number') === '3', timeoutMs: 10_000 })
      for (let number = 1; number <= 3; number += 1) await ami.sendAction('UserEvent', { UserEvent: 'Contract', Number: number })
      expect((await third).headers.UserEvent).toBe('Contract')
      const read: string[] = []
      for await (const event of stream) {
        read.push(event.headers.Number ?? '')
        if (read.length === 3) break
      }
      expect(read).toEqual(['1', '2', '3'])
      expect(heard).toEqual(['1', '2', '3'])
      off()
      await ami.sendAction('UserEvent', { UserEvent: 'Contract', Number: 4 })
      expect(heard).toHaveLength(3)
    })

    it('keeps spaces inside and at the end of a value, and text in any script', async () => {
      const ami = await loggedIn()
      const value = 'Zoë  大家好 🎉 '
      const event = ami.waitFor('UserEvent', { where: (each) => each.get('UserEvent') === 'Spaces' })
      await ami.sendAction('UserEvent', { UserEvent: 'Spaces', Value: value })
      expect((await event).get('Value')).toBe(value)
    })

    it('sees no events with a mask that has none', async () => {
      const ami = await loggedIn({ events: false })
      const stream = ami.events()
      await ami.sendAction('UserEvent', { UserEvent: 'Masked' })
      await ami.sendAction('Ping')
      expect(stream.buffered).toBe(0)
    })

    it('refuses what would inject, before a byte is written', async () => {
      const ami = await loggedIn()
      await expect(ami.sendAction(unlisted('Ping'), { X: 'a\r\nAction: Logoff\r\n' })).rejects.toBeInstanceOf(InvalidActionError)
      expect((await ami.sendAction('Ping')).type).toBe('success')
    })

    it('stops waiting for an event in time, or when told to', async () => {
      const ami = await loggedIn()
      await expect(ami.waitFor(unlisted('NeverHappens'), { timeoutMs: 20 })).rejects.toBeInstanceOf(WaitTimeoutError)
      const abort = new AbortController()
      const waiting = ami.waitFor(unlisted('NeverHappens'), { signal: abort.signal })
      abort.abort(new Error('enough'))
      await expect(waiting).rejects.toThrow('enough')
    })

    it('what is under way when the link breaks rejects, and the client comes back by itself', async () => {
      const ami = client({ reconnect: { initialDelayMs: 10, maxDelayMs: 10 } })
      const link = faults(ami)
      await ami.login()
      const items = ami.events('UserEvent', { withGaps: true })
      link.breakOnWrite = true
      const lost = await ami.sendAction('Ping').catch((reason: unknown) => reason)
      link.breakOnWrite = false
      expect(lost).toMatchObject({ name: 'ConnectionLostError', sent: 'maybe' })
      expect((await ami.sendAction('Ping')).get('ping')).toBe('Pong')
      expect((await items.next()).value).toBeInstanceOf(Gap)
    })

    it('keepalive finds a link that is silently gone, and it is made again', async () => {
      const ami = client({ keepAlive: { intervalMs: 50, timeoutMs: 100 }, reconnect: { initialDelayMs: 10, maxDelayMs: 10 } })
      const link = faults(ami)
      await ami.login()
      const statuses = ami.statusChanges()
      const reached = async (wanted: ConnectionStatus['state']) => {
        for (;;) {
          const { value } = await statuses.next()
          if (value?.state === wanted) return value
        }
      }
      link.stalled = true
      expect(await reached('waiting')).toMatchObject({ reason: { message: expect.stringContaining('did not answer a Ping') } })
      link.stalled = false
      await reached('online')
      expect((await ami.sendAction('Ping')).get('ping')).toBe('Pong')
    })

    it('closes in order, twice without harm, and takes nothing afterwards', async () => {
      const ami = await loggedIn()
      const stream = ami.events()
      const waiting = ami.waitFor(unlisted('NeverHappens')).catch((reason: unknown) => reason)
      const answered = ami.sendAction('Ping')
      await Promise.all([ami.close(), ami.logoff()])
      expect((await answered).type).toBe('success')
      expect(await waiting).toBeInstanceOf(ClosedError)
      for await (const _ of stream);
      expect(ami.status).toEqual({ state: 'closed' })
      await expect(ami.sendAction('Ping')).rejects.toBeInstanceOf(ClosedError)
      await expect(ami.login()).rejects.toBeInstanceOf(ClosedError)
      expect(() => ami.events()).toThrow(ClosedError)
    })
  })
}
