import { type AMIClient, AsyncAGIExecutor, FastAGIServer, runAGI } from 'obelus-asterisk'

new FastAGIServer().route('hello', async (agi) => agi.streamFile('hello')).route('bye', (agi) => agi.hangup())

export const program = () => runAGI(async (agi) => agi.getVariable('CHANNEL(state)'), { encoding: 'utf-8' })
export const executor = (ami: AMIClient) => new AsyncAGIExecutor(ami, async (agi) => agi.streamFile('hello'), { adopt: false })
