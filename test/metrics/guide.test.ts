import { readFileSync } from 'node:fs'
import { AMIClient, AsyncAGIExecutor, CallManager } from 'obelus-asterisk'
import { LiveModel } from 'obelus-asterisk/live'
import { collectMetrics } from 'obelus-asterisk/metrics'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished } from 'vitest'
import { runProgram } from '../support/readme-program.js'

const guide = readFileSync(new URL('../../src/metrics/README.md', import.meta.url), 'utf8')
const dashboard = JSON.parse(readFileSync(new URL('../../examples/observability/dashboard.json', import.meta.url), 'utf8')) as {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[]
}

/** The names and types of all families. */
function allFamilies(): Map<string, string> {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: pbx.connector })
  const executor = new AsyncAGIExecutor(ami, () => undefined)
  const calls = new CallManager(ami)
  const live = new LiveModel(ami)
  using metrics = collectMetrics({ ami, calls, live, agi: executor })
  onTestFinished(async () => {
    executor.unbind()
    live.close()
    calls.close()
    await ami.close()
    await pbx.close()
  })
  return new Map([...metrics.toPrometheus().matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]))
}

it('the table of the guide has every family, and no other, with its type', () => {
  const rows = [...guide.matchAll(/^\| `(obelus_\w+)` +\| (\w+) /gm)].map(([, name = '', type = '']) => [name, type] as const)
  expect(new Map(rows)).toEqual(allFamilies())
})

it('the dashboard asks for families that are there, and for each of them', () => {
  const asked = dashboard.panels.flatMap(({ targets }) => targets).flatMap(({ expr }) => expr.match(/obelus_\w+/g) ?? [])
  const families = asked.map((name) => name.replace(/_(bucket|count|sum)$/, ''))
  expect([...new Set(families)].sort()).toEqual([...allFamilies().keys()].sort())
})

it('what the guide has compiles and runs, and is what Prometheus reads', async () => {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  onTestFinished(() => pbx.close())
  pbx.queue('support', { members: { Ann: 'PJSIP/101' } })
  const { port } = await pbx.listen()
  const [first = '', second = ''] = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code)
  const imports = [first, second].map((code) => code.match(/^import .*$/gm)?.join('\n'))
  const [one, two] = [first, second].map((code) => code.replace(/^import .*$/gm, ''))
  const printed = await runProgram(
    'program.mts',
    `${imports.join('\n')}
${one?.replace("host: '127.0.0.1'", `host: '127.0.0.1', port: ${port}`).replace('listen(9100)', "listen(0, '127.0.0.1')")}
await live.ready()
await new Promise((resolve) => (server.listening ? resolve(0) : server.once('listening', resolve)))
const address = server.address()
const port = typeof address === 'object' && address !== null ? address.port : 0
console.log(await (await fetch(\`http://127.0.0.1:\${port}\`)).text())
${two}
all.close()
server.close()
server.closeAllConnections()
live.close()
calls.close()
await ami.close()`,
  )
  expect(printed).toContain('obelus_queue_members{queue="support",state="available"} 1')
  expect(printed).toContain('obelus_queue_waiting{queue="support"} 0')
  expect(printed).toContain('process_cpu_user_seconds_total')
}, 30_000)
