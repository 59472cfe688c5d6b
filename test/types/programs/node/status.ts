import type { AMIClient, ConnectionStatus } from 'obelus-asterisk'

export function text(status: ConnectionStatus): string {
  switch (status.state) {
    case 'waiting':
      return `again at ${status.retryAt.toISOString()}: ${status.reason.message}`
    case 'failed':
      return status.reason.message
    case 'online':
    case 'draining':
      return status.apiVersion
    default:
      return status.state
  }
}

export async function watch(ami: AMIClient): Promise<void> {
  for await (const status of ami.statusChanges()) console.log(text(status))
  // @ts-expect-error: not every state has a reason.
  console.log(ami.status.reason)
}
