import type { AMIClient, ConnectionStatus } from 'obelus-asterisk/web'

export async function show(ami: AMIClient, line: HTMLElement): Promise<void> {
  for await (const status of ami.statusChanges()) line.textContent = text(status)
}

function text(status: ConnectionStatus): string {
  if (status.state === 'waiting') return `again at ${status.retryAt.toLocaleTimeString()}: ${status.reason.message}`
  // @ts-expect-error: not every state has a reason.
  return status.reason ?? status.state
}
