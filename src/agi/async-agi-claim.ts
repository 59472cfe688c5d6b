/**
 * Who runs the script of a channel in AsyncAGI, as every process that answers channels of one server can tell.
 *
 * Each asks the channel to write a claim into one of its variables, unless there is one already, and to answer with the one that is there. A channel runs
 * its commands one by one, so one process wins however many ask (`res/res_agi.c`; 16 and 22). The owner counts on in a variable of its own: nobody can take
 * a late one of its writes for a claim. Whoever sees claim and count unchanged for the claim's lease may put another in its place. No clock of the
 * server's is asked, which may be set.
 */

/** Not inherited by other channels, since its name begins with no `_`. */
export const CLAIM_VARIABLE = 'OBELUS_AGI'
const OWNER_DIGITS = 16
const FREE = 'free'
/** The claim of nobody: the last owner has let go of the channel. */
export const UNCLAIMED = `${FREE}/`

/** What a claim says. */
export interface Claim {
  /** The claim and its owner's count, as a channel answers. */
  readonly text: string
  /** 16 hexadecimal digits. */
  readonly owner: string
  readonly leaseMs: number
}

/** The variable in which an owner counts. */
export function countVariable(owner: string): string {
  return `${CLAIM_VARIABLE}_${owner}`
}

const CLAIM = /^([0-9a-f]{16})-(\d{1,10})-\d+\/\d*$/

/** The claim that a text is; undefined for one of nobody, and for anything else. */
export function parseClaim(text: string): Claim | undefined {
  const [, owner, leaseMs] = CLAIM.exec(text) ?? []
  return owner === undefined ? undefined : { text, owner, leaseMs: Number(leaseMs) }
}

const CLAIMED = `\${${CLAIM_VARIABLE}}`
const OWNER = `\${${CLAIM_VARIABLE}:0:${OWNER_DIGITS}}`
const COUNTED = `\${${countVariable(OWNER)}}`

/**
 * The command that claims a channel of nobody's, of its own owner's, and one that has the claim `instead`. Answered with the claim that is there then.
 *
 * @param serial another one for each claim: who looks on sees that the owner is there.
 */
export function claimCommand({ owner, leaseMs }: Omit<Claim, 'text'>, serial: number, instead: string): string {
  const isFree = [is(CLAIMED, ''), is(CLAIMED, FREE), is(`${CLAIMED}/${COUNTED}`, instead), is(OWNER, owner)]
  return setCommand(isFree.join(' | '), `${owner}-${leaseMs}-${serial}`)
}

/** The command by which an owner lets go of a channel; another's claim it leaves as it is. */
export function releaseCommand(owner: string): string {
  return setCommand(is(OWNER, owner), FREE)
}

function is(expression: string, value: string): string {
  return `\\"${expression}\\" = \\"${value}\\"`
}

/** SET gives what it has set (`funcs/func_logic.c`). */
function setCommand(condition: string, value: string): string {
  return `GET FULL VARIABLE "\${SET(${CLAIM_VARIABLE}=\${IF($[${condition}]?${value}:${CLAIMED})})}/${COUNTED}"`
}

/** The owner that such a command names; undefined for any other command. */
export function ownerIn(command: string): string | undefined {
  return new RegExp(`^GET FULL VARIABLE "\\$\\{SET\\(${CLAIM_VARIABLE}=.* = \\\\"([0-9a-f]{${OWNER_DIGITS}})\\\\"\\]`).exec(
    command,
  )?.[1]
}

/** The answers to such commands, at the end of what a channel has answered. Where it has no such functions, it sets nothing. */
const ANSWERS = /(?:200 result=1 \((?:[0-9a-f]{16}-\d{1,10}-\d+|free|)\/\d*\)\n)+$/

/** Splits what a channel has answered into what came before such answers, and the claim that the last of them tells; undefined where there is none. */
export function claimAtEnd(text: string): { readonly before: string; readonly claim: string } | undefined {
  const answers = ANSWERS.exec(text)
  if (answers === null) return undefined
  return { before: text.slice(0, answers.index), claim: text.slice(text.lastIndexOf('(') + 1, -2) }
}
