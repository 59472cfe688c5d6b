import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type AGIScript, type AGISession, FastAGIServer, isAGIError } from 'obelus-asterisk'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished } from 'vitest'

/** What is reported of a script whose caller hangs up in its first prompt. */
async function reported(script: AGIScript): Promise<unknown[]> {
  const server = new FastAGIServer({ port: 0 }).routeDefault(script)
  const pbx = new FakeAsterisk()
  onTestFinished(() => pbx.close())
  const errors: unknown[] = []
  server.on('error', (error) => errors.push(isAGIError(error) ? [error.code, error.command] : error))
  const { port } = await server.listen()
  await pbx.callFastAGI(`agi://127.0.0.1:${port}/x`, { hangupAt: 1 }).ended()
  await server.close()
  return errors
}

const hangup = (agi: AGISession) => once(agi.signal, 'abort')

it.each<[string, AGIScript, string, string]>([
  [
    'a command',
    async (agi) => {
      void agi.streamFile('long')
      await hangup(agi)
    },
    'AGI_HANGUP',
    'STREAM FILE',
  ],
  [
    'a prompt',
    async (agi) => {
      void agi.prompt('long')
      await hangup(agi)
    },
    'AGI_HANGUP',
    'GET DATA',
  ],
  [
    'a variable',
    async (agi) => {
      agi.streamFile('long').catch(() => undefined)
      void agi.variables.get('x')
      await hangup(agi)
    },
    'AGI_SESSION_ENDED',
    'GET VARIABLE',
  ],
  [
    'the first of two',
    async (agi) => {
      void agi.streamFile('long')
      void agi.noop()
      await hangup(agi)
    },
    'AGI_HANGUP',
    'STREAM FILE',
  ],
  [
    'what is out when the script ends',
    (agi) => {
      void agi.streamFile('long')
      return Promise.resolve()
    },
    'AGI_SESSION_ENDED',
    'STREAM FILE',
  ],
])('%s that nobody waits for is reported once, and is no unhandled rejection', async (_, script, code, command) => {
  expect(await reported(script)).toEqual([[code, command]])
})

it.each<[string, AGIScript]>([
  ['in a race', (agi) => Promise.race([agi.streamFile('long'), hangup(agi)])],
  [
    'later',
    async (agi) => {
      const played = agi.streamFile('long')
      await hangup(agi)
      await played
    },
  ],
  ['with others', (agi) => Promise.all([agi.streamFile('long'), agi.noop(), agi.variables.set('x', 1)])],
])('one that is waited for %s is not reported', async (_, script) => {
  expect(await reported(script)).toEqual([])
})

it('the process of all calls lives on, whose one script forgot an await', async () => {
  const source = (path: string) => JSON.stringify(fileURLToPath(new URL(`../../src/${path}`, import.meta.url)))
  const program = `
    import { FastAGIServer } from ${source('index.ts')}
    import { FakeAsterisk } from ${source('testing/index.ts')}
    const server = new FastAGIServer({ port: 0 }).routeDefault((agi) => agi.answer())
    server.route('bad', async (agi) => {
      agi.streamFile('long')
      await new Promise((done) => agi.signal.addEventListener('abort', done))
    })
    const { port } = await server.listen()
    const pbx = new FakeAsterisk()
    const call = (path, how) => pbx.callFastAGI('agi://127.0.0.1:' + port + path, how).ended()
    const ends = [await call('/bad', { hangupAt: 1 }), await call('/good')]
    await server.close()
    await pbx.close()
    console.log(ends.join())
  `
  const tsx = fileURLToPath(import.meta.resolve('tsx'))
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--import',
    tsx,
    '--input-type=module',
    '--eval',
    program,
  ])
  expect(stdout).toBe('HANGUP,SUCCESS\n')
  expect(stderr).toContain('AGIHangupError')
})
