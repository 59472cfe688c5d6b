import { describe, expect, it } from 'vitest'
import type { EventStream } from '../../src/core/event-stream.js'
import { isDone, makeStream, outage } from '../support/streams.js'

describe('EventStream', () => {
  for (const [what, stop] of [
    ['return()', (stream: EventStream<number>) => stream.return()],
    ['close()', (stream: EventStream<number>) => stream.close()],
    ['disposal', (stream: EventStream<number>) => stream[Symbol.asyncDispose]()],
    ['throw()', (stream: EventStream<number>) => stream.throw(new Error('x')).catch(() => undefined)],
  ] as const) {
    it(`${what} settles a pending read, drops the buffer and unsubscribes, once`, async () => {
      const { stream, told } = makeStream(10, 'error')
      const pending = stream.next()
      await stop(stream)
      expect(await isDone(pending)).toBe(true)
      expect(told.ended).toBe(1)
      const other = makeStream(10, 'error')
      other.writer.push(1)
      await stop(other.stream)
      await stop(other.stream)
      other.writer.push(2)
      other.writer.pushGap(outage())
      expect(other.told.ended).toBe(1)
      expect(other.stream.buffered).toBe(0)
      expect(await isDone(other.stream.next())).toBe(true)
    })
  }

  it('cannot be fed by its reader', () => {
    const { stream } = makeStream(1, 'error')
    for (const name of ['push', 'pushGap', 'end']) expect(name in stream).toBe(false)
  })

  it('throw() rejects with what it was given', async () => {
    const error = new Error('thrown')
    await expect(makeStream(1, 'error').stream.throw(error)).rejects.toBe(error)
  })

  it('fault: breaking out of for await unsubscribes', async () => {
    const { writer, stream, told } = makeStream(10, 'error')
    writer.push(1)
    writer.push(2)
    for await (const item of stream) {
      expect(item).toBe(1)
      break
    }
    expect(told.ended).toBe(1)
  })

  it('an error that nobody reads is forgotten by return()', async () => {
    const { writer, stream } = makeStream(10, 'error')
    writer.end(new Error('lost'))
    expect(await isDone(stream.return())).toBe(true)
    expect(await isDone(stream.next())).toBe(true)
  })
})
