import { expect, it } from 'vitest'
import { pagePrograms, runProgram } from '../support/readme-program.js'

it('what the guide of other runtimes has compiles and runs', async () => {
  const [program = ''] = pagePrograms('src/web/README.md')
  const [imported = '', ...clients] = program.split('\n')
  const printed = await runProgram(
    'program.mts',
    `${imported}
import { WebSocket } from 'ws'
Object.assign(globalThis, { WebSocket }) // Node 20 has none
interface Opened {
  readable: ReadableStream<Uint8Array>
  writable: WritableStream<Uint8Array>
}
const Deno = {
  connect: async ({ hostname, port }: { hostname: string; port: number }): Promise<Opened> => {
    throw new Error(\`\${hostname}:\${port}\`)
  },
}
const username = 'admin'
const secret = 's3cret'
${clients.join('\n')}
console.log('made')`,
  )
  expect(printed).toBe('made\n')
}, 60_000)
