import { AMIClient } from 'obelus-asterisk'
import { describe, expect, inject, it } from 'vitest'
import { describeClientContract } from '../support/client-contract.js'
import { readmeBlock, runReadmeProgram } from '../support/readme-program.js'
import { controls, NOT_OURS } from './target.js'

for (const server of inject('servers')) {
  const { name, host, port, username, secret } = server
  describeClientContract(name, async () => ({ options: { host, port, username, secret }, close: async () => undefined }))

  describe(name, () => {
    it("runs the README's program as it is typed there, with the README's account and no other right", async (ctx) => {
      if (server.version === undefined) return ctx.skip(NOT_OURS)
      const configuration = readmeBlock('ini')
      await controls(server).withAccounts(configuration.slice(configuration.indexOf('[obelus]')), async () => {
        const failed = (await runReadmeProgram({ host, port })).trim().split('\n')
        expect(failed[0]).toMatch(/^Asterisk \d+\.\d+/)
        expect(failed.at(-1)).toBe('failed failed')
        const answered = (await runReadmeProgram({ host, port, channel: 'Local/answer@default' })).trim().split('\n')
        expect(answered).toContain('stateChanged up')
        expect(answered.at(-1)).toBe('ended ended')
      })
    })

    it("needs every right of the README's account", async (ctx) => {
      if (server.version === undefined) return ctx.skip(NOT_OURS)
      const configuration = readmeBlock('ini')
      const account = configuration.slice(configuration.indexOf('[obelus]'))
      const withoutRight = async (right: string, use: (ami: AMIClient) => Promise<void>) => {
        const less = account.replace(new RegExp(`(?<==.*)\\b${right}\\b,?`), '')
        await controls(server).withAccounts(less, async () => {
          await using ami = new AMIClient({ host, port, username: 'obelus', secret: 's3cret' })
          await ami.login()
          await use(ami)
        })
      }
      const call = { Channel: 'Local/answer@default', Application: 'Wait', Data: 0.1, Async: true } as const
      const refused = { code: 'ACTION_FAILED', response: { message: 'Permission denied' } }
      await withoutRight('reporting', (ami) => expect(ami.sendAction('CoreSettings')).rejects.toMatchObject(refused))
      await withoutRight('originate', (ami) => expect(ami.sendAction('Originate', call)).rejects.toMatchObject(refused))
      await withoutRight('call', async (ami) => {
        const events = ami.events('Newchannel')
        await ami.sendAction('Originate', call)
        await ami.sendAction('CoreShowChannels')
        expect(events.buffered).toBe(0)
      })
      await withoutRight('system', async (ami) => {
        await expect(ami.waitFor('FullyBooted', { timeoutMs: 100 })).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' })
      })
    })
  })
}
