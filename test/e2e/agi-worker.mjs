// A process of its own that answers AsyncAGI on one server, until it is killed: node agi-worker.mjs <name> <port> <username> <secret>
import { AMIClient, AsyncAGIExecutor } from '../../dist/index.js'

const [, , name, port, username, secret] = process.argv
const ROUNDS = 6
const ami = new AMIClient({ port: Number(port), username, secret })
let runs = 0
await ami.login()
const executor = new AsyncAGIExecutor(
  ami,
  async (agi) => {
    runs += 1
    const run = `${name}.${runs}`
    for (let round = 1; round <= ROUNDS; round += 1) {
      await agi.setVariable('STEP', `${run} ${round}`)
      await agi.exec('Wait', 0.2)
    }
    await agi.setVariable('STEP', `${run} done`)
    await agi.hangup()
  },
  { leaseMs: 2_000 },
)
executor.on('error', (error) => process.send?.({ error: error.message }))
executor.on('warning', (warning) => process.send?.({ error: warning }))
process.on('disconnect', () => process.exit())
process.send?.({ ready: true })
