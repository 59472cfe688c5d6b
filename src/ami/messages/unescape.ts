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
 * Reads the escapes that Asterisk writes into some values: `O\'Neil\?` is `O'Neil?`. It escapes `Value` of VarSet; of channel snapshots
 * (Newchannel, Hangup, Dial*, Bridge* …) `CallerIDName`, `ConnectedLineName` and `ChanVariable`, each with its prefixes; `Subtype` and
 * `Message` of PresenceStateChange. All other values are raw and must not be unescaped (verified on 16.28 and 22.10).
 */
export function unescapeValue(value: string): string {
  return value.replace(/\\(.)/gs, (_, character: string) => MEANINGS[character] ?? character)
}
