const SPECIAL = new Set(['\\', '"', ',', '(', ')', '[', ']'])

/**
 * One argument of an application, for `exec` and the like, so that the application reads back exactly what is given: commas, quotes, backslashes,
 * parentheses and brackets in it separate nothing. `agi.exec('Festival', escapeArgument(text), 'any')`.
 *
 * For applications that separate their arguments as almost all do (`AST_STANDARD_APP_ARGS` in `include/asterisk/app.h`). Those that take all of it as
 * one text, such as `Set`, `System`, `NoOp` and `SendText`, would keep the backslashes. Verified on 16 and 22.
 */
export function escapeArgument(value: string | number | boolean): string {
  let escaped = ''
  for (const character of String(value)) escaped += SPECIAL.has(character) ? `\\${character}` : character
  return escaped
}
