import { type AMIClient, type AMIEvent, unlisted } from 'obelus-asterisk'

export function listen(ami: AMIClient): () => void {
  const log = (event: AMIEvent): void => console.log(event.name)
  const stops = [
    ami.onEvent('Hangup', (event) => console.log(event.headers.Cause)),
    ami.onEvent(['Hangup', 'Newchannel'], (event) =>
      console.log(event.name === 'Hangup' ? event.headers.Cause : event.headers.Exten),
    ),
    ami.onEvent(['Hangup', unlisted('VendorThing')], log),
    ami.onEvent('*', log),
    ami.on('warning', (message) => console.warn(message.length)),
    ami.on('error', (error) => console.error(error.message)),
    ami.on('status', ({ state }) => console.log(state)),
  ]
  // @ts-expect-error: there is no such name.
  ami.on('foo', () => undefined)
  // @ts-expect-error: there is no such event.
  ami.onEvent(['Hangup', 'NewExten'], log)
  return () => {
    for (const stop of stops) stop()
  }
}
