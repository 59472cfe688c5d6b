const MEANINGS: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
}

/**
 * Reads the escapes that Asterisk writes into some values: `O\'Neil\?` is `O'Neil?`. It escapes `Value` of VarSet; of channel
 * snapshots (Newchannel, Hangup, Dial*, Bridge* …) `CallerIDName`, `ConnectedLineName` and `ChanVariable`, each with its
 * prefixes; `Subtype` and `Message` of PresenceStateChange. All other values are raw and must not be unescaped (verified on 16.28
 * and 22.10).
 */
export function unescapeValue(value: string): string {
  let text = ''
  let from = 0
  for (let at = value.indexOf('\\'); at >= 0 && at + 1 < value.length; at = value.indexOf('\\', from)) {
    const character = value.charAt(at + 1)
    text += value.slice(from, at) + (MEANINGS[character] ?? character)
    from = at + 2
  }
  return text + value.slice(from)
}
