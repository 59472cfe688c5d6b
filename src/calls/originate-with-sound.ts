import type { MediaConnection, MediaServer } from '../core/media-server.js'
import { callback, checkOptions, hostName, type OptionKind, required } from '../core/options.js'
import type { OriginateCommon, OriginateRequest, OriginateToApplication } from './originate-request.js'

/** A call whose sound a server of `obelus-asterisk/media` has, from its answer on. Asterisk hangs up when that is over. From Asterisk 18 on. */
export interface OriginateWithSound<Connection extends MediaConnection = MediaConnection> extends OriginateCommon {
  readonly media: MediaServer<Connection>
  /** What uses the sound, once: hears and plays. The connection is closed, and the call hung up, when it is over. What it throws is told on `error` of the client. */
  readonly use: (sound: Connection) => unknown
  /** This machine, as that Asterisk sees it; needed where the server of sound does not `advertise`. */
  readonly host?: string | undefined
  readonly application?: undefined
  readonly data?: undefined
  readonly context?: undefined
  readonly exten?: undefined
  readonly priority?: undefined
}

/** Whether a request asks for the call's sound. */
export function hasSound<Connection extends MediaConnection>(
  request: OriginateRequest | OriginateWithSound<Connection>,
): request is OriginateWithSound<Connection> {
  return 'media' in request && request.media !== undefined
}

const mediaServer: OptionKind = {
  expected: 'a server of sound, such as an AudioSocketServer',
  accepts: (value) => typeof (value as Partial<MediaServer> | null)?.expect === 'function',
}
const SHAPE = { media: required(mediaServer), use: required(callback), host: hostName }

/** A call's sound that is waited for. */
export interface AwaitedSound {
  /** The request as Asterisk is asked. */
  readonly request: OriginateToApplication
  readonly uuid: string
  /** Uses the sound when it comes; `ended` takes the wait back. `report`: whom an error of the use is told. */
  serve(ended: Promise<unknown>, report: (error: unknown) => void): void
  /** Nobody waits for it any more. */
  cancel(): void
}

/** @throws TypeError for what is no server of sound, and where Asterisk could not reach it. */
export function awaitSound<Connection extends MediaConnection>(given: OriginateWithSound<Connection>): AwaitedSound {
  const { media, use, host, ...common } = given
  checkOptions({ media, use, host }, SHAPE)
  const address = media.addressFor(host ?? '')
  if (address.startsWith(':'))
    throw new TypeError('host must say where Asterisk reaches this machine, unless the server of sound has { advertise }')
  const { uuid, connection, cancel } = media.expect({ timeoutMs: Number.POSITIVE_INFINITY })
  const serve: AwaitedSound['serve'] = (ended, report) => {
    void ended.then(cancel)
    void connection.then(
      async (sound) => {
        try {
          await use(sound)
        } catch (error) {
          report(error)
        } finally {
          sound.close()
        }
      },
      // It never came: the call's outcome says why.
      () => undefined,
    )
  }
  return { request: { ...common, application: 'AudioSocket', data: `${uuid},${address}` }, uuid, serve, cancel }
}
