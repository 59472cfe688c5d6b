/** Stands where a secret was. */
export const REMOVED = '…'

/** How names end whose values nobody else should read: of headers (`core-en_US.xml`), of settings (the sample configuration files), of variables. */
const SECRET_NAME = /(secret|passw(or)?d|passphrase|pass|md5cred|token|apikey|hash|digest|pin)$/
const NO_SECRETS = new Set(['usingpassword', 'bypass'])
/** What has an everyday name, and is made of a secret only here. */
const SECRETS_OF: Readonly<Record<string, RegExp>> = {
  login: /^key$/i,
  challengeresponsefailed: /^response$/i,
}
/** A name in one header, and its value in another: of VarSet and Setvar, the database, UpdateConfig. */
const PAIRS: readonly (readonly [name: RegExp, value: string])[] = [
  [/^Variable$/i, 'Value'],
  [/^Key$/i, 'Val'],
  [/^Var-/i, 'Value-'],
]

/** A setting that is a value, or its end: of GetConfig, and of what the console prints. It may hold commas. */
const SETTING = /^(\s*([\w-]+)\s*(?:=>?|:)\s*)\S.*$/
/** One of several settings in a value: of variables, and of what an application is given. */
const ONE_OF_SETTINGS = /((?<![\w-])([\w-]+)(?:\([^)]*\))?=)[^,;&\s]+/g
const JSON_SETTING = /("([\w-]+)":\s*)"(?:[^"\\]|\\.)*"/g
const AGI_SETTING = /^(SET VARIABLE +"?([\w-]+)"? +).+$/i
/** `register => user:secret@host`, and any URL. */
const LOGIN_IN_ADDRESS = /(^\s*register\s*=>?\s*[^\s:]+:|\/\/[^\s:/@]+:)[^\s@]+@/g

/**
 * The lines of a message, with `…` in place of secrets that a name tells of, and of what is made of them. What has no such name, as the passwords
 * in voicemail.conf, stays.
 */
export function withoutSecrets(lines: readonly string[]): string[] {
  const pairs = lines.map((line) => /^([^:]*)(: *)(.*)$/.exec(line) ?? [line, line, '', ''])
  const kind = pairs.find(([, name = '']) => /^(Action|Event)$/i.test(name))?.[3]?.toLowerCase() ?? ''
  const named = new Set(
    pairs.flatMap(([, name = '', , value = '']) =>
      isSecret(value) ? PAIRS.filter(([of]) => of.test(name)).map(([of, to]) => name.replace(of, to).toLowerCase()) : [],
    ),
  )
  return pairs.map(([, name = '', colon = '', value = '']) => {
    const isWhole = isSecret(name) || named.has(name.toLowerCase()) || SECRETS_OF[kind]?.test(name)
    return `${name}${colon}${isWhole && value !== '' ? REMOVED : withoutSettings(name, value)}`
  })
}

function isSecret(name: string): boolean {
  const letters = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  return SECRET_NAME.test(letters) && !NO_SECRETS.has(letters)
}

function withoutSettings(header: string, value: string): string {
  const masked = (all: string, before: string, name: string) => (isSecret(name) ? before + REMOVED : all)
  const isLine = /^(Line-|Output$)/i.test(header)
  return (isLine ? value.replace(SETTING, masked) : value)
    .replace(ONE_OF_SETTINGS, masked)
    .replace(AGI_SETTING, masked)
    .replace(JSON_SETTING, (all, before: string, name: string) => (isSecret(name) ? `${before}"${REMOVED}"` : all))
    .replace(LOGIN_IN_ADDRESS, `$1${REMOVED}@`)
}
