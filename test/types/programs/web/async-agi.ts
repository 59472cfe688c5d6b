import { AGIHangupError, AGIRouter, type AMIClient, AsyncAGIExecutor } from 'obelus-asterisk/web'

export function answer(ami: AMIClient): () => void {
  const router = new AGIRouter().route('hello/:name', async (agi) => {
    try {
      await agi.setVariable('NAME', agi.params.name)
    } catch (error) {
      if (!(error instanceof AGIHangupError)) throw error
    }
  })
  const executor = new AsyncAGIExecutor(ami, router)
  executor.on('ended', ({ env }) => console.log(env.channel))
  // @ts-expect-error: there is no such name.
  executor.on('foo', () => undefined)
  return () => executor.unbind()
}
