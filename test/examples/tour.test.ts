import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { expect, it } from 'vitest'
import { NO_SERVER } from '../support/example.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = (env: Readonly<Record<string, string>>, ...args: string[]) =>
  promisify(execFile)(process.execPath, ['--import', 'tsx', 'examples/tour.ts', ...args], {
    cwd: root,
    timeout: 20_000,
    env: { ...process.env, ...NO_SERVER, ...env },
  })
const tour = (...args: string[]) => run({}, ...args)

it('the tour runs on its embedded fake, survives a restart, and exits by itself', async () => {
  const { stdout } = await tour()
  expect(stdout).toContain('Pong')
  expect(stdout).toMatch(/Gap +disconnect, \d+ ms, Asterisk restarted: true\n {2}UserEvent +Number: 4/)
  expect(stdout).toMatch(/Originate a call[\s\S]*dialingFinished ANSWER[\s\S]*ended +\d+ ms {2}ended 16 Normal Clearing/)
  expect(stdout).toMatch(/device +Carol <0301234567> calls 300[\s\S]*bridged +\d+ ms {2}bridged[\s\S]*ended 16 Normal Clearing/)
  expect(stdout.trimEnd()).toMatch(
    /closed\n *\nThe same in a browser, with callers who come and agents who answer: npm run board$/,
  )
}, 30_000)

it('the tour says what is wrong with the secret, without the secret, and fails', async () => {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  const { host, port } = await pbx.listen()
  const url = `ami://admin:hunter2@${host}:${port}`
  const attempts = [
    tour('--host', host, '--port', String(port), '--username', 'admin', '--secret', 'hunter2'),
    tour('--url', url),
    run({ AMI_URL: url }),
  ]
  for (const failure of await Promise.all(attempts.map((attempt) => attempt.catch((error) => error)))) {
    expect(failure).toMatchObject({ code: 1, stderr: expect.stringContaining('AuthenticationError') })
    expect(failure.stdout + failure.stderr).not.toContain('hunter2')
  }
  const wrong = await tour('--url', 'http://admin:hunter2@pbx').catch((error) => error)
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('url must begin with ami://') })
  expect(wrong.stdout + wrong.stderr).not.toContain('hunter2')
  await pbx.close()
}, 30_000)
