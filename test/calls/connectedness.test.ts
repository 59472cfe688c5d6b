import { describe, expect, it } from 'vitest'
import { Connectedness, type Member, type Room } from '../../src/calls/connectedness.js'
import { seededRandom } from '../../src/testing/random.js'

class Someone implements Member<Someone> {
  readonly name: string
  readonly isDevice: boolean
  half: Someone | undefined
  room: Room<Someone> | undefined
  isConnected = false
  before: Someone | undefined
  after: Someone | undefined

  constructor(name: string) {
    this.name = name
    this.isDevice = !name.startsWith('L')
  }
}

/** A switchboard that writes down what it is told, and devices and Local channels by their names. */
function board() {
  const told: string[] = []
  const met: string[] = []
  const connectedness = new Connectedness<Someone>({
    changed: ({ name, isConnected }) => told.push(`${isConnected ? '+' : '-'}${name}`),
    met: ({ name }) => met.push(name),
  })
  const members = new Map<string, Someone>()
  const the = (name: string) => {
    const known = members.get(name) ?? new Someone(name)
    members.set(name, known)
    return known
  }
  const local = (name: string) => connectedness.pair(the(`${name};1`), the(`${name};2`))
  const enter = (bridge: string, ...names: string[]) => {
    for (const name of names) connectedness.enter(the(name), bridge)
  }
  const leave = (bridge: string, ...names: string[]) => {
    for (const name of names) connectedness.leave(the(name), bridge)
  }
  const heardBy = (name: string) =>
    connectedness
      .connectedWith(the(name))
      .map((other) => other.name)
      .sort()
  return { connectedness, told, met, the, local, enter, leave, heardBy }
}

describe('who hears whom', () => {
  it('two devices in one bridge, and a third one that comes and goes', () => {
    const { told, enter, leave, heardBy } = board()
    enter('x', 'a', 'b')
    enter('x', 'c')
    expect(heardBy('a')).toEqual(['b', 'c'])
    leave('x', 'c')
    leave('x', 'a')
    expect([told.slice(0, 2).toSorted(), ...told.slice(2)]).toEqual([['+a', '+b'], '+c', '-c', '-a', '-b'])
    expect(heardBy('b')).toEqual([])
  })

  it('a device and half of its own Local channel hear nobody', () => {
    const { told, local, enter } = board()
    local('L')
    enter('x', 'a', 'L;2')
    expect(told).toEqual([])
  })

  it('a chain of Local channels connects its ends, and no longer when one of them is gone', () => {
    const { connectedness, told, local, enter, heardBy, the } = board()
    for (const name of ['L', 'LL', 'LLL']) local(name)
    enter('x', 'a', 'L;1')
    enter('y', 'L;2', 'LL;1')
    enter('z', 'LLL;2', 'b')
    expect(told).toEqual([])
    enter('w', 'LL;2', 'LLL;1')
    expect(told.toSorted()).toEqual(['+a', '+b'])
    expect(heardBy('a')).toEqual(['b'])
    connectedness.remove(the('LL;1'))
    expect(told.slice(2).toSorted()).toEqual(['-a', '-b'])
  })

  it('it does not matter whether the halves are named a pair before or after they enter bridges', () => {
    const { told, local, enter } = board()
    enter('x', 'a', 'L;1')
    enter('y', 'b', 'L;2')
    expect(told).toEqual([])
    local('L')
    expect(told.toSorted()).toEqual(['+a', '+b'])
  })

  it('one who goes from one bridge to another of the same conversation never left it', () => {
    const { told, local, enter } = board()
    local('L')
    enter('x', 'a', 'L;1')
    enter('y', 'b', 'L;2')
    told.length = 0
    enter('x', 'b')
    expect(told).toEqual([])
  })

  it('a Local channel that Asterisk takes out parts nobody, in the order of a real server', () => {
    const { connectedness, told, the, local, enter, leave, heardBy } = board()
    local('L')
    enter('x', 'a', 'L;1')
    enter('y', 'b', 'L;2')
    told.length = 0
    connectedness.move('L', [the('L;1'), the('L;2'), the('b')])
    leave('y', 'b')
    leave('x', 'L;1')
    enter('x', 'b')
    connectedness.settled('L')
    leave('y', 'L;2')
    connectedness.remove(the('L;1'))
    connectedness.remove(the('L;2'))
    expect(told).toEqual([])
    expect(heardBy('a')).toEqual(['b'])
  })

  it('one who left for a move that comes to nothing is out when it is over, and at once when they hang up', () => {
    const { connectedness, told, the, enter, leave } = board()
    enter('x', 'a', 'b', 'c')
    told.length = 0
    connectedness.move('m', [the('a'), the('b')])
    leave('x', 'a', 'b')
    expect(told).toEqual([])
    connectedness.remove(the('b'))
    expect(told).toEqual(['-b'])
    connectedness.settled('m')
    expect(told.slice(1).toSorted()).toEqual(['-a', '-c'])
  })

  it('a change in many steps is told once', () => {
    const { connectedness, told, enter, leave } = board()
    enter('x', 'a', 'b')
    told.length = 0
    connectedness.together(() => {
      leave('x', 'a')
      enter('y', 'a', 'b')
    })
    expect(told).toEqual([])
  })

  it('whoever is with others is told of those, also when conversations of several join', () => {
    const { met, local, enter } = board()
    for (const name of ['L', 'LL']) local(name)
    enter('x', 'a', 'b', 'L;1')
    enter('y', 'c', 'd', 'LL;1')
    enter('z', 'e', 'LL;2')
    met.length = 0
    enter('y', 'L;2')
    // Those of the smaller side; each of the larger one is with one of them.
    expect(met.toSorted()).toEqual(['a', 'b'])
  })
})

it('is what a search through all bridges and Local channels finds, whatever happens in whatever order', () => {
  for (let seed = 1; seed <= 150; seed += 1) {
    const random = seededRandom(seed)
    const { connectedness, the, local } = board()
    const devices = ['a', 'b', 'c', 'd', 'e', 'f']
    const halves = ['L', 'LL', 'LLL', 'LLLL'].flatMap((name) => [`${name};1`, `${name};2`])
    const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T
    const inBridge = new Map<string, string>()
    const paired = new Set<string>()
    for (let step = 0; step < 80; step += 1) {
      const name = pick([...devices, ...halves])
      const action = random()
      if (action < 0.5) {
        const bridge = pick(['w', 'x', 'y', 'z'])
        connectedness.enter(the(name), bridge)
        inBridge.set(name, bridge)
      } else if (action < 0.75) {
        connectedness.leave(the(name), inBridge.get(name) ?? '')
        inBridge.delete(name)
      } else if (action < 0.9) {
        const pair = pick(['L', 'LL', 'LLL', 'LLLL'])
        local(pair)
        paired.add(pair)
      } else {
        connectedness.remove(the(name))
        inBridge.delete(name)
        paired.delete(name.slice(0, -2))
      }
      for (const device of devices) {
        const expected = search(device, inBridge, paired)
        const found = connectedness.connectedWith(the(device)).map((other) => other.name)
        expect(found.toSorted(), `seed ${seed}, step ${step}, ${device}`).toEqual(expected)
        expect(the(device).isConnected, `seed ${seed}, step ${step}, ${device}`).toBe(expected.length > 0)
      }
    }
  }
})

/** The devices that a device hears: slow and obvious. */
function search(device: string, inBridge: ReadonlyMap<string, string>, paired: ReadonlySet<string>): string[] {
  const found = new Set([device])
  for (const each of found) {
    const bridge = inBridge.get(each)
    for (const [other, its] of inBridge) if (bridge !== undefined && its === bridge) found.add(other)
    const [pair = '', half] = each.split(';')
    const other = `${pair};${half === '1' ? 2 : 1}`
    if (each.startsWith('L') && paired.has(pair) && inBridge.has(other)) found.add(other)
  }
  return [...found].filter((each) => each !== device && !each.startsWith('L')).sort()
}
