import { AMIEvent, AMIResponse } from 'obelus-asterisk/protocol'
import { describe, expect, it } from 'vitest'
import { ServerStart } from '../../../src/ami/client/server-start.js'
import { HeaderFields } from '../../../src/core/header-fields.js'

const booted = (headers: string, nowMs: number) =>
  ServerStart.fromUptime(AMIEvent.read('FullyBooted', new HeaderFields(`Event: FullyBooted\r\n${headers}\r\n`)), nowMs)
const status = (headers: string) =>
  ServerStart.fromCoreStatus(AMIResponse.read(new HeaderFields(`Response: Success\r\n${headers}\r\n`)))

describe('ServerStart', () => {
  for (const [what, uptime, lastLifeMs, restarted] of [
    ['longer than the outage', 100, 950_000, false],
    ['as long as the outage', 50, 950_000, false],
    ['shorter than the outage', 10, 950_000, true],
    ['of no second', 0, 999_999, true],
  ] as const) {
    it(`an uptime ${what} ${restarted ? 'tells a restart' : 'tells that there was none'}`, () => {
      const start = booted(`Uptime: ${uptime}\r\n`, 1_000_000)
      expect(start?.isRestartAfter(undefined, lastLifeMs)).toBe(restarted)
    })
  }

  for (const headers of ['', 'Uptime: \r\n', 'Uptime: soon\r\n', 'Uptime: -1\r\n', 'Uptime: 1.5\r\n']) {
    it(`FullyBooted with ${JSON.stringify(headers)} tells nothing`, () => {
      expect(booted(headers, 0)).toBeUndefined()
    })
  }

  const date = (time: string) => status(`CoreStartupDate: 2026-11-23\r\nCoreStartupTime: ${time}\r\n`)

  it('CoreStatus tells a restart by another start time', () => {
    expect(date('03:14:00')?.isRestartAfter(date('03:14:00'), 0)).toBe(false)
    expect(date('03:14:01')?.isRestartAfter(date('03:14:00'), 0)).toBe(true)
  })

  it('cannot tell without a start time before', () => {
    expect(date('03:14:00')?.isRestartAfter(undefined, 0)).toBeUndefined()
    expect(date('03:14:00')?.isRestartAfter(booted('Uptime: 1\r\n', 5000), 0)).toBeUndefined()
  })

  it('CoreStatus without date or time tells nothing', () => {
    expect(status('CoreStartupDate: x\r\n')).toBeUndefined()
    expect(status('CoreStartupTime: x\r\n')).toBeUndefined()
  })
})
