import { type AGIResponse, AGIUnknownCommandError, type Handler } from 'obelus-asterisk/protocol'
import { describe, expect, it } from 'vitest'
import { AGIPeer, environment } from '../support/agi-peer.js'
import { SPLITS } from '../support/splits.js'

const UNKNOWN = '510 Invalid or unknown command\n'
const question = (number: number) => `GET FULL VARIABLE "agi-marker-${number}"\n`
const marker = (number: number) => `200 result=1 (agi-marker-${number})\n`

/** A session that asks Asterisk for markers 1, 2, 3 …, as one on stdout does. */
function open(): AGIPeer {
  let count = 0
  const peer = new AGIPeer({
    nonce: () => {
      count += 1
      return String(count)
    },
  })
  peer.feed(environment())
  return peer
}

/** A session that has begun. */
function begun(): AGIPeer {
  const peer = open()
  peer.feed(marker(1))
  return peer
}

const outcome = (handler: Handler<AGIResponse>) => {
  const came: { value?: string | undefined; error?: Error } = {}
  handler.onResult = ({ value }) => {
    came.value = value
  }
  handler.onException = (error) => {
    came.error = error
  }
  return came
}

describe.each(SPLITS)('the beginning, %s', (_, split) => {
  it('waits for the answer to a question; commands that were given are written then', () => {
    const peer = open()
    const came = outcome(peer.sendCommand('GET VARIABLE', 'A'))
    expect([peer.written, peer.told]).toEqual([[question(1)], []])
    peer.feed(marker(1), split)
    expect([peer.written, peer.told]).toEqual([[question(1), 'GET VARIABLE "A"\n'], ['started']])
    peer.feed('200 result=1 (a)\n', split)
    expect(came).toEqual({ value: 'a' })
  })

  it('is not confused by answers to what was printed before', () => {
    const peer = open()
    const came = outcome(peer.sendCommand('GET VARIABLE', 'A'))
    peer.feed(UNKNOWN, split)
    // Asterisk may have read the question with that line, and comes to it when more is written.
    expect(peer.written).toEqual([question(1), question(2)])
    peer.feed(marker(1), split)
    expect(peer.written.at(-1)).toBe('GET VARIABLE "A"\n')
    // The second question is answered now, before the command.
    peer.feed(marker(2), split)
    peer.feed('200 result=1 (a)\n', split)
    expect(came).toEqual({ value: 'a' })
    expect(peer.told[0]).toMatch(/^stray "510/)
  })
})

describe('in the middle', () => {
  it('a 510 to what a child process printed is not the answer; the answer that follows it is', () => {
    const peer = begun()
    const [one, two] = ['A', 'B'].map((name) => outcome(peer.sendCommand('GET VARIABLE', name)))
    peer.feed(UNKNOWN)
    expect(peer.written.slice(1)).toEqual(['GET VARIABLE "A"\n', question(2)])
    peer.feed(`${UNKNOWN}200 result=1 (a)\n`)
    peer.feed(marker(2))
    peer.feed(marker(3))
    expect([one, peer.written.at(-1)]).toEqual([{ value: 'a' }, 'GET VARIABLE "B"\n'])
    peer.feed('200 result=1 (b)\n')
    expect(two).toEqual({ value: 'b' })
    expect(peer.told).toContainEqual(expect.stringMatching(/^stray/))
  })

  it('so it is when both come at once', () => {
    const peer = begun()
    const came = outcome(peer.sendCommand('GET VARIABLE', 'A'))
    peer.feed(`${UNKNOWN}200 result=1 (a)\n`)
    peer.feed(marker(2))
    expect(came).toEqual({ value: 'a' })
  })

  it('a value is over, though something else comes in the same piece', () => {
    const peer = begun()
    const came = outcome(peer.sendCommand('GET VARIABLE', 'A'))
    peer.feed(`200 result=1 (a)\nb)\n${UNKNOWN}HANGUP\n200 result=0\n`)
    expect([came, peer.written.at(-1)]).toEqual([{}, question(2)])
    peer.feed(marker(2))
    expect(came).toEqual({ value: 'a)\nb' })
    expect(peer.told).toEqual(['started', 'hangup', `stray ${JSON.stringify(`${UNKNOWN}200 result=0\n`)}`])
  })

  it('the late answer to an earlier question shows nothing', () => {
    const peer = open()
    peer.feed(UNKNOWN)
    peer.feed(marker(1))
    const came = outcome(peer.sendCommand('GET VARIABLE', 'A'))
    // Written before the command: a line of a child process, and the second question.
    peer.feed(UNKNOWN)
    peer.feed(marker(2))
    expect([came, peer.written.at(-1)]).toEqual([{}, question(4)])
    peer.feed('200 result=1 (a)\n')
    peer.feed(marker(3))
    expect(came).toEqual({ value: 'a' })
  })

  it('a 510 to a command that Asterisk does not know is its answer', () => {
    const peer = begun()
    const came = outcome(peer.sendCommand('NO SUCH'))
    peer.feed(UNKNOWN)
    expect(came).toEqual({})
    peer.feed(marker(2))
    expect(came.error).toBeInstanceOf(AGIUnknownCommandError)
    expect(peer.told).toEqual(['started'])
  })

  it('what comes while no command is written shifts nothing', () => {
    const peer = begun()
    peer.feed(UNKNOWN)
    const came = outcome(peer.sendCommand('GET VARIABLE', 'A'))
    peer.feed('200 result=1 (a)\n')
    expect(came).toEqual({ value: 'a' })
  })

  it('a hangup and the end of the connection are what they are', () => {
    const peer = begun()
    const came = outcome(peer.sendCommand('NOOP'))
    peer.feed(UNKNOWN)
    peer.feed('HANGUP\n')
    expect(peer.told).toEqual(['started', 'hangup'])
    peer.connectionLost()
    expect(came.error?.name).toBe('AGISessionEndedError')
  })
})

it('where Asterisk never answers the question, the session ends with that', () => {
  const peer = open()
  for (let round = 0; round < 1_000 && !peer.closed; round += 1) peer.feed(UNKNOWN)
  expect([peer.closed, peer.endedBy?.message]).toEqual([
    true,
    'Asterisk was asked GET FULL VARIABLE 1000 times, and never gave the answer',
  ])
})

it('endless answers to other lines end it too', () => {
  const peer = open()
  for (let round = 0; round < 40; round += 1) peer.feed(`${'x'.repeat(40_000)}\n`)
  expect([peer.closed, peer.endedBy?.message]).toEqual([true, 'An answer takes more than 1048576 bytes'])
})
