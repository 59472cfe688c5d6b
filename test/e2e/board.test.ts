import { mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AMIClient, CallManager } from 'obelus-asterisk'
import { Gateway } from 'obelus-asterisk/gateway'
import { LiveModel } from 'obelus-asterisk/live'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { installTool, startTool } from './asterisk/tools.js'
import { client, NOT_OURS, servers } from './target.js'

const PORT = 9_340
const TOKEN = 'board-token-0123456789-0123456789-abc'
const pictures = join(tmpdir(), 'obelus-board')
const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const ours = servers.filter(({ version }) => version !== undefined)

let browser: Browser
let stop: () => void = () => undefined

beforeAll(async () => {
  if (ours.length === 0) return
  await installTool('chromium', 'chromium')
  const flags = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--user-data-dir=/tmp/chromium-board',
  ]
  const child = await startTool('chromium', [...flags, `--remote-debugging-port=${PORT}`, 'about:blank'], PORT)
  stop = () => child.kill('SIGTERM')
  browser = await chromium.connectOverCDP(`http://127.0.0.1:${PORT}`)
  mkdirSync(pictures, { recursive: true })
}, 300_000)

afterAll(async () => {
  await browser?.close()
  stop()
})

/** A board of a PBX; gives its address. */
async function boardOf(ami: AMIClient): Promise<{ url: string; live: LiveModel }> {
  const calls = new CallManager(ami)
  const live = new LiveModel(ami, { calls })
  await live.ready()
  const gateway = new Gateway({ live, calls, tokens: [{ token: TOKEN, read: ['*'], may: ['pause'] }] })
  const server = createServer(gateway.handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    await gateway.close()
    server.closeAllConnections()
    server.close()
    live.close()
    calls.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, live }
}

async function open(
  url: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext(options)
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', ({ message }) => problems.push(message))
  await page.goto(url)
  await page.fill('#token', TOKEN)
  await page.press('#token', 'Enter')
  await page.waitForSelector('#board', { state: 'visible' })
  expect(await page.isVisible('#login')).toBe(false)
  await expect.poll(() => page.textContent('#state')).toBe('Live')
  return { page, problems }
}

/** The queues as the page shows them. */
const shown = (page: Page) =>
  page.$$eval('.card', (cards) =>
    cards.map((card) => `${card.querySelector('h3')?.textContent}: ${card.querySelector('.big')?.textContent}`),
  )

it.runIf(ours.length === 0)(`the board: ${NOT_OURS}`, (context) => context.skip(NOT_OURS))

describe.runIf(ours.length > 0)('the board in Chromium', () => {
  async function office() {
    const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
    pbx.dialplan({ 101: { answer: { afterMs: 60_000, talkMs: 1_000 } }, 102: 'noanswer', 600: { queue: 'support' } })
    pbx.queue('support', { members: { Ann: 'PJSIP/101', Bob: 'PJSIP/102' } })
    pbx.queue('<b>sales</b>', { members: { Cid: 'PJSIP/103' } })
    const ami = new AMIClient({
      username: 'admin',
      secret: 's3cret',
      connect: pbx.connector,
      reconnect: { initialDelayMs: 1_000, maxDelayMs: 1_000 },
    })
    await ami.login()
    onTestFinished(async () => {
      await ami.close()
      await pbx.close()
    })
    return { pbx, ...(await boardOf(ami)) }
  }

  it('shows queues, agents and calls as they are, and what comes from elsewhere as text', async () => {
    const { pbx, url } = await office()
    const { page, problems } = await open(url)
    expect((await shown(page)).sort()).toEqual(['<b>sales</b>: 0', 'support: 0'])
    const caller = pbx.incomingCall({ to: '600', from: '"<img src=x onerror=alert(1)>" <0301>' })
    await expect.poll(() => shown(page)).toContain('support: 1')
    await expect.poll(() => page.textContent('#calls')).toContain('<img src=x onerror=alert(1)>')
    await expect.poll(() => page.textContent('#agents')).toContain('ringing')
    expect(await page.$$('img, b')).toHaveLength(0)
    caller.hangup()
    await expect.poll(() => shown(page)).toContain('support: 0')
    expect(problems).toEqual([])
  }, 60_000)

  it('pauses by the keyboard, and says when the PBX is away and back', async () => {
    const { pbx, url, live } = await office()
    const { page, problems } = await open(url)
    await page.focus('#agents button')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.textContent('#agents')).toContain('paused')
    expect([...(live.queues.get('support')?.members.values() ?? [])].some(({ isPaused }) => isPaused)).toBe(true)
    pbx.disconnectAll()
    await expect.poll(() => page.textContent('#state'), { timeout: 5_000 }).toContain('is away')
    await expect.poll(() => page.textContent('#state'), { timeout: 10_000 }).toBe('Live')
    expect(problems).toEqual([])
  }, 60_000)

  it('refuses a wrong token in words', async () => {
    const { url } = await office()
    const context = await browser.newContext()
    onTestFinished(() => context.close())
    const page = await context.newPage()
    await page.goto(url)
    await page.fill('#token', 'wrong')
    await page.press('#token', 'Enter')
    await expect.poll(() => page.textContent('#refused')).toBe('This token is not known here')
  }, 60_000)

  it.each([
    ['light', { colorScheme: 'light', viewport: { width: 1400, height: 800 } }],
    ['dark', { colorScheme: 'dark', viewport: { width: 1400, height: 800 } }],
    ['telephone', { colorScheme: 'light', viewport: { width: 390, height: 844 } }],
  ] as const)(
    'has no serious fault for those who see or hear it otherwise: %s',
    async (name, options) => {
      const { pbx, url } = await office()
      const { page } = await open(url, options)
      pbx.incomingCall({ to: '600', from: '"Eve" <0301>' })
      await expect.poll(() => shown(page)).toContain('support: 1')
      const file = join(pictures, `${name}.png`)
      await page.screenshot({ path: file })
      console.log(`Picture: ${file}`)
      // By the debugger: the page itself lets no other script in.
      await page.evaluate(readFileSync(axeFile, 'utf8'))
      const { violations } = await page.evaluate<{ violations: { id: string; impact: string; help: string }[] }>('axe.run()')
      expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    },
    60_000,
  )

  it.each(ours)(
    'shows the queues that $name has, and none else',
    async (server) => {
      const ami = client(server)
      await ami.login()
      const { url } = await boardOf(ami)
      const { page } = await open(url)
      const summary = await ami.sendAction('QueueSummary')
      const real = summary.events.map((queue) => `${queue.get('Queue')}: ${queue.get('Callers')}`)
      await expect.poll(() => shown(page).then((each) => each.sort())).toEqual(real.sort())
    },
    60_000,
  )
})
