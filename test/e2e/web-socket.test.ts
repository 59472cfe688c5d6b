import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { webSocketTransport } from 'obelus-asterisk'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket as NodeWebSocket } from 'ws'
import { describeClientContract } from '../support/client-contract.js'
import { installTool, startTool } from './asterisk/tools.js'
import { NOT_OURS, servers } from './target.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const ours = servers.filter(({ version }) => version !== undefined)
const BRIDGE_PORTS = 19_000
const BROWSER_PORT = 19_333

const bridges = new Map<number, Promise<ChildProcess>>()

/**
 * The URL of a real bridge from WebSocket to the manager port of a server. One serves all tests: a second one on its port could be taken for
 * ready while the first one is still there.
 */
async function bridge(to: number, version: number): Promise<string> {
  const port = BRIDGE_PORTS + version
  const started = bridges.get(port) ?? startTool('websockify', [`127.0.0.1:${port}`, `127.0.0.1:${to}`], port)
  bridges.set(port, started)
  await started
  return `ws://127.0.0.1:${port}/`
}

afterAll(async () => {
  for (const child of await Promise.all(bridges.values())) child.kill('SIGTERM')
})

beforeAll(async () => {
  if (ours.length === 0) return
  await installTool('websockify', 'websockify')
  await installTool('chromium', 'chromium')
}, 300_000)

it.runIf(ours.length === 0)(`WebSocket and browser: ${NOT_OURS}`, (context) => context.skip(NOT_OURS))

for (const { name, port, version = 0, username, secret } of ours) {
  describeClientContract(`WebSocket, through websockify, to ${name}`, async () => {
    const url = await bridge(port, version)
    // Node 20 has no WebSocket of its own.
    const connect = webSocketTransport(url, { protocols: 'binary', WebSocket: globalThis.WebSocket ?? NodeWebSocket })
    return { options: { username, secret, connect }, close: async () => undefined }
  })
}

/** Serves the package and what it needs, as a page of a browser loads it. */
async function pageServer(): Promise<string> {
  const types: Readonly<Record<string, string>> = { js: 'text/javascript', mjs: 'text/javascript' }
  const imports = {
    'obelus-asterisk/protocol': '/dist/protocol.js',
    'obelus-asterisk/web': '/dist/web/index.js',
    eventemitter3: '/node_modules/eventemitter3/dist/eventemitter3.esm.js',
    'p-queue': '/node_modules/p-queue/dist/index.js',
    'p-timeout': '/node_modules/p-timeout/index.js',
  }
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname
    if (path === '/') {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end(`<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script>`)
      return
    }
    const file = `${root}${path}`
    if (!existsSync(file) || path.includes('..')) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, { 'content-type': types[path.split('.').at(-1) ?? ''] ?? 'text/plain' })
    response.end(await readFile(file))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

describe.each(ours)('in Chromium, through websockify, $name', ({ port, version = 0, username, secret }) => {
  it('a page logs in, sends an action and iterates events', async () => {
    const url = await bridge(port, version)
    const flags = [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      `--user-data-dir=/tmp/chromium-${version}`,
    ]
    const debugging = `--remote-debugging-port=${BROWSER_PORT + version}`
    const child = await startTool('chromium', [...flags, debugging, 'about:blank'], BROWSER_PORT + version)
    onTestFinished(() => {
      child.kill('SIGTERM')
    })
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${BROWSER_PORT + version}`)
    onTestFinished(() => browser.close())
    const page = await (await browser.newContext()).newPage()
    const problems: string[] = []
    page.on('pageerror', ({ message }) => problems.push(message))
    await page.goto(await pageServer())
    const program = `import('/test/e2e/browser-page.mjs').then(({ run }) => run(${JSON.stringify({ url, username, secret })}))`
    const seen = await page.evaluate<{ agent: string }>(program)
    expect(seen).toMatchObject({ pong: 'Pong', numbers: ['1', '2', '3'], state: 'closed', protocol: 'function' })
    expect(seen.agent).toContain('HeadlessChrome')
    expect(problems).toEqual([])
  }, 60_000)
})
