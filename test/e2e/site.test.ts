import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { installTool, startTool } from './asterisk/tools.js'
import { NOT_OURS, servers } from './target.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const here = servers.some(({ version }) => version !== undefined)
const BROWSER_PORT = 19_444
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
}

beforeAll(async () => {
  if (here) await installTool('chromium', 'chromium')
}, 300_000)

it('the site is built without a warning, and its search finds originate, in Chromium', async (context) => {
  if (!here) context.skip(NOT_OURS)
  const site = mkdtempSync(join(tmpdir(), 'obelus-site-'))
  onTestFinished(() => rmSync(site, { recursive: true, force: true }))
  await promisify(execFile)(process.execPath, ['--import', 'tsx', 'test/tools/build-site.ts', site], { cwd: root })
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname)
    const file = join(site, path === '/' ? 'index.html' : path)
    const content = await readFile(file).catch(() => undefined)
    response.writeHead(content === undefined ? 404 : 200, { 'content-type': TYPES[file.split('.').at(-1) ?? ''] ?? 'text/plain' })
    response.end(content)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const flags = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--user-data-dir=/tmp/chromium-site',
  ]
  const child = await startTool('chromium', [...flags, `--remote-debugging-port=${BROWSER_PORT}`, 'about:blank'], BROWSER_PORT)
  onTestFinished(() => void child.kill('SIGTERM'))
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${BROWSER_PORT}`)
  onTestFinished(() => browser.close())
  const page = await (await browser.newContext()).newPage()
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  await page.click('#tsd-search-trigger')
  await page.fill('#tsd-search-input', 'originate')
  await page.locator('#tsd-search-results a[href*="originate"]').first().click()
  await page.waitForURL(/originate/)
  expect(await page.locator('.col-content').textContent()).toMatch(/originate/i)
}, 180_000)
