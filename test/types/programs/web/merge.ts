import type { AGISession, AMIClient } from 'obelus-asterisk/web'

declare module 'obelus-asterisk/web' {
  interface EventMap {
    VendorAlarm: { Level: string; Text?: string }
  }
  interface ActionMap {
    VendorDial: { Line: string; Mode?: 'fast' | 'slow' }
    VendorShow: Record<never, never>
  }
  interface ListMap {
    VendorShow: { item: 'VendorAlarm'; completion: 'StatusComplete' }
  }
  interface AGICommandMap {
    'BREW TEA': [kind: 'green' | 'black', minutes?: number]
  }
}

export async function use(ami: AMIClient, agi: AGISession): Promise<string> {
  await ami.sendAction('VendorDial', { Line: '1', Mode: 'fast' })
  // @ts-expect-error: Line is required.
  await ami.sendAction('VendorDial', {})
  for await (const item of ami.listAction('VendorShow')) console.log(item.headers.Level.length)
  await agi.sendCommand('BREW TEA', 'green', 3)
  // @ts-expect-error: there is no such tea.
  await agi.sendCommand('BREW TEA', 'red')
  return (await ami.waitFor('VendorAlarm')).headers.Level
}
