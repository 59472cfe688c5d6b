import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { onAbort } from '../../src/core/abort.js'

describe('onAbort', () => {
  it('gives a signal one listener, however many wait, and none when nobody does', () => {
    const { signal } = new AbortController()
    const stops = Array.from({ length: 100 }, () => onAbort(signal, () => undefined))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    for (const stop of stops) stop()
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('calls everybody who waits, once, in order, and not who has stopped', () => {
    const abort = new AbortController()
    const called: string[] = []
    const same = () => called.push('same')
    onAbort(abort.signal, same)
    onAbort(abort.signal, same)
    const stop = onAbort(abort.signal, () => called.push('stopped'))
    onAbort(abort.signal, () => {
      called.push('stops the next')
      stopNext()
    })
    const stopNext = onAbort(abort.signal, () => called.push('next'))
    stop()
    abort.abort()
    expect(called).toEqual(['same', 'same', 'stops the next'])
    stop()
    stopNext()
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0)
  })

  it('waits for nothing where there is no signal', () => {
    expect(() => onAbort(undefined, () => undefined)()).not.toThrow()
  })

  it('one that begins to wait while the signal aborts is not called', () => {
    const abort = new AbortController()
    let late = 0
    onAbort(abort.signal, () => void onAbort(abort.signal, () => (late += 1)))
    abort.abort()
    expect(late).toBe(0)
  })
})
