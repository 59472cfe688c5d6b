import { describe, expect, it } from 'vitest'
import {
  abortSignal,
  amount,
  anObject,
  anyObject,
  callback,
  checkOptions,
  clock,
  either,
  encoding,
  flag,
  hostName,
  line,
  listOf,
  milliseconds,
  number,
  numberFrom,
  type OptionKind,
  oneOf,
  recordOf,
  required,
  secret,
  section,
  text,
  wholeNumber,
} from '../../src/core/options.js'

const never = () => undefined
const signal = new AbortController().signal

describe('the kind', () => {
  it.each<[string, OptionKind, readonly unknown[], readonly [value: unknown, message: string][]]>([
    ['text', text, ['', 'a\nb'], [[5, 'text, not 5']]],
    ['line', line, ['', 'a'], [['a\nb', 'text without CR, LF and NUL, not "a\\nb"']]],
    ['flag', flag, [true, false], [['yes', 'true or false, not "yes"']]],
    ['callback', callback, [never], [['never', 'a function, not "never"']]],
    [
      'anObject',
      anObject,
      [{}, new Map()],
      [
        [[], 'an object, not a list'],
        [null, 'an object, not null'],
      ],
    ],
    ['anyObject', anyObject, [{}, [], new Map()], [['a=b', 'an object, a Map or a list, not "a=b"']]],
    [
      'abortSignal',
      abortSignal,
      [signal],
      [
        [{}, 'an AbortSignal, not an object'],
        [new AbortController(), 'an AbortSignal, not an object'],
      ],
    ],
    ['clock', clock, [{ now: never, after: never }], [[Date, 'an object with the methods now and after, not a function']]],
    [
      'encoding',
      encoding,
      ['utf-8', 'latin1', 'windows-1252', 'koi8-r'],
      [
        ['bogus', 'utf-8, latin1 or another single-byte encoding that this runtime knows, not "bogus"'],
        ['utf-16le', 'utf-8, latin1 or another single-byte encoding that this runtime knows, not "utf-16le"'],
      ],
    ],
    [
      'hostName',
      hostName,
      ['pbx', 'pbx.example', 'pbx_1', '10.0.0.1', '::1', 'fe80::1%eth0', '::ffff:10.0.0.1'],
      ['', 'a b', 'http://pbx', 'pbx:5038', '10.0.0.1:5038', '[::1]', 'pbx/ami', 'pbx?x', 'pbx#x', 5].map(
        (wrong) => [wrong, 'a name or an address, without scheme, user, port and path'] as [unknown, string],
      ),
    ],
    [
      'milliseconds',
      milliseconds(),
      [1, 0x1_0000_0000, Number.POSITIVE_INFINITY, 1.5],
      [
        [0, 'a number of milliseconds from 1 up, not 0'],
        ['5', 'a number of milliseconds from 1 up, not "5"'],
        [Number.NaN, 'a number of milliseconds from 1 up, not NaN'],
      ],
    ],
    ['milliseconds from 0', milliseconds(0), [0], [[-1, 'a number of milliseconds from 0 up, not -1']]],
    [
      'amount',
      amount,
      [1, Number.POSITIVE_INFINITY],
      [
        [0, 'a whole number above 0, not 0'],
        [1.5, 'a whole number above 0, not 1.5'],
      ],
    ],
    ['wholeNumber', wholeNumber(1), [1], [[Number.POSITIVE_INFINITY, 'a whole number above 0, not Infinity']]],
    ['wholeNumber from 0', wholeNumber(0), [0], [[-1, 'a whole number from 0 up, not -1']]],
    ['wholeNumber in a range', wholeNumber(1, 9), [1, 9], [[10, 'a whole number from 1 to 9, not 10']]],
    ['number', number, [-1.5], [[Number.POSITIVE_INFINITY, 'a finite number, not Infinity']]],
    [
      'numberFrom',
      numberFrom(1),
      [1, 1.5],
      [
        [0.5, 'a number from 1 up, not 0.5'],
        [Number.POSITIVE_INFINITY, 'a number from 1 up, not Infinity'],
      ],
    ],
    ['numberFrom in a range', numberFrom(0, 1), [0, 0.5, 1], [[2, 'a number from 0 to 1, not 2']]],
    [
      'oneOf',
      oneOf('a', 'b', 16, false),
      ['a', 16, false],
      [
        ['c', "'a', 'b', 16 or false, not \"c\""],
        ['16', "'a', 'b', 16 or false, not \"16\""],
      ],
    ],
    [
      'either',
      either(flag, section({ deep: amount })),
      [true, {}, { deep: 1 }],
      [
        ['yes', 'true or false or an object, not "yes"'],
        [{ deep: 0 }, 'must be a whole number above 0, not 0'],
      ],
    ],
    [
      'listOf',
      listOf(text),
      [[], ['a']],
      [
        ['a', 'a list, not "a"'],
        [['a', 5], 'must be text, not 5'],
        [[undefined], 'must be text, not undefined'],
      ],
    ],
    [
      'recordOf',
      recordOf(text),
      [{}, { any: 'a' }],
      [
        [['a'], 'an object, not a list'],
        [{ any: 5 }, 'must be text, not 5'],
      ],
    ],
  ])('%s takes what it should, and nothing else', (_, kind, right, wrong) => {
    for (const value of [...right, undefined]) expect(() => checkOptions({ mine: value }, { mine: kind })).not.toThrow()
    for (const [value, message] of wrong) expect(() => checkOptions({ mine: value }, { mine: kind })).toThrow(message)
  })
})

describe('checkOptions', () => {
  const shape = {
    username: required(line),
    secret: required(secret),
    limits: section({ maxBytes: wholeNumber(1), inner: section({ deep: flag }) }),
    users: recordOf(either(secret, section({ secret: required(secret) }))),
    names: listOf(text),
  }
  const check = (options: unknown) => () => checkOptions(options, shape)
  const account = { username: 'admin', secret: 'hunter2' }

  it.each([
    [null, 'options must be an object, not null'],
    ['ami://admin:hunter2@pbx', 'options must be an object, not this text'],
    [[], 'options must be an object, not a list'],
    [{}, 'username must be text without CR, LF and NUL, not undefined'],
    [
      { ...account, user: 1 },
      'There is no option "user"; did you mean "users"? Known are username, secret, limits, users, names',
    ],
    [{ ...account, xyz: 1 }, 'There is no option "xyz"; known are username, secret, limits, users, names'],
    [{ ...account, toString: 1 }, 'There is no option "toString"; known are'],
    [
      { ...account, limits: { maxByte: 1 } },
      'There is no option "limits.maxByte"; did you mean "maxBytes"? Known are maxBytes, inner',
    ],
    [{ ...account, limits: { inner: { deep: 1 } } }, 'limits.inner.deep must be true or false, not 1'],
    [{ ...account, names: ['a', null] }, 'names[1] must be text, not null'],
  ])('refuses %j, and says where', (options, message) => {
    expect(check(options)).toThrow(message)
  })

  it.each([
    { username: 'hunter2\n', secret: 'hunter2' },
    { username: 'admin', secret: 'hunter2\n' },
    { ...account, limits: 'hunter2' },
    { ...account, limits: { maxBytes: 'hunter2' } },
    { ...account, limits: { inner: { deep: 'hunter2' } } },
    { ...account, names: 'hunter2' },
    { ...account, users: { admin: ['hunter2'] } },
    { ...account, users: { admin: 'hunter2\n' } },
    { ...account, users: { admin: { secret: 'hunter2\n' } } },
    { ...account, users: { admin: { password: 'hunter2' } } },
  ])('shows no secret, wherever it stands: %j', (options) => {
    expect(check(options)).toThrow()
    expect(check(options)).not.toThrow('hunter2')
  })

  it('takes undefined for what is left out, and properties that are inherited', () => {
    expect(check({ ...account, limits: undefined })).not.toThrow()
    expect(check(Object.create(account))).not.toThrow()
    expect(check(Object.create({ ...account, names: 5 }))).toThrow('names must be a list, not 5')
  })

  it('throws a RangeError where a range is left, and a TypeError otherwise', () => {
    expect(check({ ...account, limits: { maxBytes: 0 } })).toThrow(RangeError)
    expect(check({ ...account, limits: 5 })).toThrow(TypeError)
  })
})
