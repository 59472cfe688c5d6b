// What it costs a CallManager when a channel joins or leaves a bridge, by how many are in it.

const ROUNDS = 21

/** CPU time of each event, in µs: the median of some rounds, each of a bridge of `members` channels that join one by one, and then leave. */
export async function bridgeCosts({ sizes }) {
  const { AMIClient, CallManager } = await import('obelus-asterisk')
  const { FakeAsterisk } = await import('obelus-asterisk/testing')
  const pbx = new FakeAsterisk({ users: { bench: 'bench' } })
  const ami = new AMIClient({ username: 'bench', secret: 'bench', connect: pbx.connector })
  await ami.login()
  const calls = new CallManager(ami)
  await calls.ready()
  let last = 0
  for (let warm = 0; warm < 20; warm += 1) await round(250)
  const costs = []
  for (const members of sizes) {
    const rounds = []
    // As many channels in all, whatever the size.
    for (let at = 0; at < (ROUNDS * Math.max(...sizes)) / members; at += 1) rounds.push(await round(members))
    costs.push({ join: median(rounds.map(({ join }) => join)), leave: median(rounds.map(({ leave }) => leave)) })
  }
  calls.close()
  await ami.close()
  return costs

  async function round(members) {
    const numbers = Array.from({ length: members }, () => ++last)
    const bridge = bridgeHeaders(numbers[0])
    await emitted('Newchannel', numbers, {})
    const join = await emitted('BridgeEnter', numbers, bridge)
    const leave = await emitted('BridgeLeave', numbers, bridge)
    await emitted('Hangup', numbers, { Cause: 16, 'Cause-txt': 'Normal Clearing' })
    return { join: join / members, leave: leave / members }
  }

  async function emitted(name, numbers, headers) {
    const began = process.cpuUsage()
    for (const number of numbers) pbx.emit(name, { ...headers, ...channelHeaders(number) })
    // The client reads in the next turn.
    for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    const { user, system } = process.cpuUsage(began)
    return user + system
  }
}

function channelHeaders(number) {
  const id = `1795397647.${number}`
  return {
    ...{ Channel: `PJSIP/trunk-${number.toString(16).padStart(8, '0')}`, ChannelState: 6, ChannelStateDesc: 'Up' },
    ...{ CallerIDNum: '0301234567', CallerIDName: '<unknown>', ConnectedLineNum: '<unknown>', ConnectedLineName: '<unknown>' },
    ...{ Language: 'en', AccountCode: '', Context: 'default', Exten: '600', Priority: 2, Uniqueid: id, Linkedid: id },
  }
}

function bridgeHeaders(number) {
  return {
    ...{ BridgeUniqueid: `820ca8f0-b636-4a17-9ae4-${number.toString(16).padStart(12, '0')}`, BridgeType: 'base' },
    ...{ BridgeTechnology: 'softmix', BridgeCreator: 'ConfBridge', BridgeName: '600', BridgeNumChannels: 2 },
    BridgeVideoSourceMode: 'none',
  }
}

function median(values) {
  return values.toSorted((one, other) => one - other)[values.length >> 1]
}
