import { ActionError, type AMIClient, unlisted } from 'obelus-asterisk'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FILTER_CASES, filtered } from '../support/event-filter-cases.js'
import { loggedIn, NOT_OURS, servers } from './target.js'

const ours = servers.every(({ version }) => version !== undefined)

/** What the fake promises to do as a real server, tried on real servers. */
describe.skipIf(!ours).each(servers)(`as the fake, so $name${ours ? '' : ` (skipped: ${NOT_OURS})`}`, (server) => {
  const version = server.version as 16 | 22

  it('filters events, in both syntaxes, with its errors', async () => {
    const watcher = await loggedIn(server)
    const results: object[] = []
    for (const { filters } of FILTER_CASES) {
      const ami = await loggedIn(server)
      results.push({ filters, ...(await filtered(ami, watcher, filters)) })
      await ami.close()
    }
    expect(results).toEqual(FILTER_CASES.map((each) => ({ filters: each.filters, ...each[version] })))
  })

  it('lets an account run the actions of its classes, and no others', async () => {
    const secret = 's3cret'
    const users = {
      admin: secret,
      quiet: { secret, read: '' },
      limited: { secret, read: 'call,reporting', write: 'call,reporting' },
      watcher: { secret, write: '' },
    }
    const pbx = new FakeAsterisk({ users, version, unhandled: 'bypass' })
    onTestFinished(() => pbx.close())
    for (const username of Object.keys(users)) {
      const [there, here] = [await loggedIn(server, { username }), await loggedIn(server, { username, connect: pbx.connector })]
      for (const action of ACTIONS)
        expect([username, action, await isDenied(here, action)]).toEqual([username, action, await isDenied(there, action)])
      await Promise.all([there.close(), here.close()])
    }
  })
})

/** Harmless without parameters; one of each class, of several and of none. */
const ACTIONS = words(`
  Ping Events QueueStatus BridgeList QueueAdd QueueLog AGI AOCMessage Redirect Setvar Atxfer Getvar ExtensionState Command ListCategories
  GetConfig ShowDialPlan MessageSend Originate ConfbridgeList DBPut ModuleCheck Filter MixMonitor MuteAudio Hangup AbsoluteTimeout Status
  CoreSettings CoreStatus CoreShowChannels DBGet UserEvent NoSuchAction
`)

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean)
}

async function isDenied(ami: AMIClient, name: string): Promise<boolean> {
  const sent = ami.sendAction(unlisted(name), {}).catch((error: unknown) => error)
  const result = await sent
  return result instanceof ActionError && result.response.message === 'Permission denied'
}
