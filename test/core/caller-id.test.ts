import { expect, it } from 'vitest'
import { parseCallerId } from '../../src/core/caller-id.js'

// What CALLERID(name) and CALLERID(num) were on 16.28 and 22.10 after an Originate with this CallerID.
it.each([
  ['"Ann" <100>', 'Ann', '100'],
  ['Ann B <100>', 'Ann B', '100'],
  ['<100>', '', '100'],
  [' 100 ', '', '100'],
  ['', '', ''],
  ['"Ann" <>', 'Ann', ''],
  ['Hans Wurst', 'Hans Wurst', ''],
  ['"Hans Wurst"', 'Hans Wurst', ''],
  ['"Hans <Wurst>" <1234>', 'Hans <Wurst>', '1234'],
  ['"100"', '100', ''],
  ['anonymous', 'anonymous', ''],
  ['<anonymous>', '', 'anonymous'],
  ['+49 30', '', '+4930'],
  ['*#1', '', '*#1'],
  ['(030) 12-34.5', '', '03012345'],
  ['030.', '030.', ''],
  ['<0301-5.5>', '', '030155'],
  ['<[1-2]-3>', '', '[1-2]3'],
  ['[1-2]', '[1-2]', ''],
  ['<sip:1@h>', '', 'sip:1@h'],
  ['"Ann" <1 .>', 'Ann', '1.'],
  ['" foo bar " <123>', ' foo bar ', '123'],
  ['" foo bar "', 'foo bar', ''],
  ['"unterminated <1>', '"unterminated', '1'],
  ['"a" b <1>', '"a" b', '1'],
  ['"O\'Neil" 5', '"O\'Neil" 5', ''],
  ['"a\\"b" <1>', 'a"b', '1'],
  ['"a\\\\" <1>', 'a\\', '1'],
  ['abc\\', 'abc', ''],
  ['<1><2>', '<1>', '2'],
  ['"A" <1>2>', 'A', '1>2'],
  ['"Ann" <100> x', 'Ann', '100'],
  ['<1', '', '1'],
  ['5 <', '5', ''],
  ['>1<', '>1', ''],
  ['1>', '1>', ''],
  ['"a <2>"', 'a', '2'],
  ['"a" <1"', 'a"', '1'],
  ['""<"', '', ''],
  ['"', '', ''],
  ['1\t', '', '1'],
  ['x <\t5\t>', 'x', '\t5\t'],
])('%j is read as Asterisk reads it', (text, name, number) => {
  expect(parseCallerId(text)).toEqual({ name, number })
})

it.each(['"', '<', '>', ' ', '\\', '(', '1'])('takes a megabyte of %j', (character) => {
  const { name, number } = parseCallerId(character.repeat(1_000_000))
  expect(name.length + number.length).toBeLessThanOrEqual(1_000_000)
})
