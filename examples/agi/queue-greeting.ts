import { type AGISession, type AMIClient, AsyncAGIExecutor, type AsyncAGIOptions } from 'obelus-asterisk'

/**
 * Takes callers who join a queue at its first place out of it at once, over AsyncAGI, and offers them something else. The dialplan needs
 *
 *     [offer]
 *     exten => s,1,AGI(agi:async,offer)
 */
export function watchQueue(
  ami: AMIClient,
  queue: string,
  options: AsyncAGIOptions & { readonly offer: (agi: AGISession) => Promise<void> },
): { close(): void } {
  const { offer, ...rest } = options
  const executor = new AsyncAGIExecutor(ami, offer, rest)
  const off = ami.onEvent('QueueCallerJoin', (event) => {
    if (event.get('Queue') !== queue || event.get('Position') !== '1') return
    // A caller who is gone meanwhile needs no offer.
    const redirect = { Channel: event.get('Channel'), Context: 'offer', Exten: 's', Priority: 1 }
    ami.sendAction('Redirect', redirect).catch(() => undefined)
  })
  return {
    close() {
      off()
      executor.unbind()
    },
  }
}
