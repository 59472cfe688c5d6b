import type { ManagerConnection } from '../ami/client/manager-connection.js'
import { ActionError } from '../ami/messages/errors.js'
import type { Clock } from '../core/clock.js'
import { CLAIM_VARIABLE, type Claim, claimAtEnd, countVariable, parseClaim, UNCLAIMED } from './async-agi-claim.js'
import { isGone } from './async-agi-refusal.js'
import type { AGIEnvironment } from './environment.js'

/** A channel that another process has. */
export interface RivalChannel {
  readonly uniqueId: string
  channel: string
  readonly env: AGIEnvironment
}

interface Watch {
  readonly rival: RivalChannel
  cancel: () => void
}

interface Fields {
  get(name: string): string | undefined
}

/** The channels in AsyncAGI that other processes have. Each is looked at when its lease may be over, and is free when its claim has not changed since. */
export class AsyncAGIRivals {
  readonly #ami: ManagerConnection
  readonly #clock: Clock
  readonly #freed: (rival: RivalChannel, claim: string) => void
  readonly #refused: (error: Error) => void
  readonly #watches = new Map<string, Watch>()

  /**
   * @param freed is told of a channel that nobody has, and of the claim that is to be replaced.
   * @param refused is told that Asterisk does not let claims be read.
   */
  constructor(
    ami: ManagerConnection,
    clock: Clock,
    freed: (rival: RivalChannel, claim: string) => void,
    refused: (error: Error) => void,
  ) {
    this.#ami = ami
    this.#clock = clock
    this.#freed = freed
    this.#refused = refused
  }

  find(fields: Fields): RivalChannel | undefined {
    return this.#watches.get(keyOf(fields.get('Uniqueid') ?? '', fields.get('Channel') ?? ''))?.rival
  }

  watch(rival: RivalChannel, claim: Claim): void {
    this.delete(rival)
    const cancel = this.#clock.after(claim.leaseMs, () => void this.#look(rival, claim))
    this.#watches.set(keyOf(rival.uniqueId, rival.channel), { rival, cancel })
  }

  /** The channel has answered a command of somebody's: whoever had it may have let go of it. */
  freedBy(rival: RivalChannel, answer: string): void {
    if (claimAtEnd(answer)?.claim === UNCLAIMED) this.#free(rival, UNCLAIMED)
  }

  #free(rival: RivalChannel, claim: string): void {
    this.delete(rival)
    this.#freed(rival, claim)
  }

  delete(rival: RivalChannel): void {
    const key = keyOf(rival.uniqueId, rival.channel)
    this.#watches.get(key)?.cancel()
    this.#watches.delete(key)
  }

  clear(): void {
    for (const { cancel } of this.#watches.values()) cancel()
    this.#watches.clear()
  }

  async #look(rival: RivalChannel, seen: Claim): Promise<void> {
    const now = await currentClaim(this.#ami, rival.channel, seen).catch((error: Error) => error)
    if (this.#watches.get(keyOf(rival.uniqueId, rival.channel))?.rival !== rival) return
    if (now instanceof ActionError && isGone(now)) this.delete(rival)
    else if (now instanceof Error) this.#unknown(rival, seen, now)
    else if (now.text === seen.text) this.#free(rival, now.text)
    else this.watch(rival, now)
  }

  #unknown(rival: RivalChannel, seen: Claim, error: Error): void {
    if (error instanceof ActionError) this.#refused(error)
    this.watch(rival, seen)
  }
}

/** The claim on a channel as it stands now; undefined where there is none. @throws ActionError when there is no such channel. */
export async function claimOn(ami: ManagerConnection, channel: string): Promise<Claim | undefined> {
  const claim = parseClaim(`${await read(ami, channel, CLAIM_VARIABLE)}/`)
  return claim && currentClaim(ami, channel, claim)
}

/** A claim with what its owner has counted since. Whether it is the owner still, the channel decides. */
async function currentClaim(ami: ManagerConnection, channel: string, claim: Claim): Promise<Claim> {
  const count = await read(ami, channel, countVariable(claim.owner))
  return { ...claim, text: `${claim.text.split('/')[0]}/${count}` }
}

async function read(ami: ManagerConnection, channel: string, variable: string): Promise<string> {
  return (await ami.sendAction('Getvar', { Channel: channel, Variable: variable })).get('Value') ?? ''
}

/** Asterisk before 12 tells of channels by their names only. */
function keyOf(uniqueId: string, channel: string): string {
  return uniqueId === '' ? channel : uniqueId
}
