/** Stands where a secret was. */
export const REMOVED = '…'

/** How names end whose values nobody else should read: headers (`core-en_US.xml`) and settings (the sample configuration files). */
const SECRET_NAME = /(secret|password|passwd|md5cred|refreshtoken|hash|digest)$/
/** What has an everyday name, and is made of a secret only here. */
const SECRETS_OF: Readonly<Record<string, RegExp>> = {
  login: /^key$/i,
  challengeresponsefailed: /^response$/i,
}
/** A setting in a value: of GetConfig, and of what the console prints. */
const SETTING = /^(\s*([\w-]+)\s*(?:=>?|:)\s*)\S.*$/
const JSON_SETTING = /("([\w-]+)":\s*)"(?:[^"\\]|\\.)*"/g

/** The lines of a message, with `…` in place of secrets and of what is made of them. */
export function withoutSecrets(lines: readonly string[]): string[] {
  const pairs = lines.map((line) => /^([^:]*)(: *)(.*)$/.exec(line) ?? [line, line, '', ''])
  const kind = pairs.find(([, name = '']) => /^(Action|Event)$/i.test(name))?.[3]?.toLowerCase() ?? ''
  // UpdateConfig names a setting in one header, and has its value in another of the same number.
  const named = pairs.filter(([, name = '', , value = '']) => /^Var-/i.test(name) && isSecret(value))
  const values = new Set(named.map(([, name = '']) => name.replace(/^Var/i, 'Value')))
  return pairs.map(([, name = '', colon = '', value = '']) => {
    const isWhole = isSecret(name) || values.has(name) || SECRETS_OF[kind]?.test(name)
    return `${name}${colon}${isWhole && value !== '' ? REMOVED : withoutSettings(value)}`
  })
}

function isSecret(name: string): boolean {
  const letters = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  return SECRET_NAME.test(letters) && letters !== 'usingpassword'
}

function withoutSettings(value: string): string {
  return value
    .replace(SETTING, (all, before: string, name: string) => (isSecret(name) ? before + REMOVED : all))
    .replace(JSON_SETTING, (all, before: string, name: string) => (isSecret(name) ? `${before}"${REMOVED}"` : all))
}
