import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSecretName, REMOVED, redactHeaders, redactLines, redactText } from '../../src/core/redaction.js'

describe('the lines of a message', () => {
  it.each([
    ['Action: Login', 'Username: admin', 'Secret: s3cret'],
    ['Action: Login', 'AuthType: MD5', 'key: s3cret'],
    ['Event: AuthDetail', 'Username: 100', 'Password: s3cret', 'AuthType: userpass'],
    ['Event: AuthDetail', 'Md5Cred: s3cret'],
    ['Event: AuthDetail', 'OauthSecret: s3cret', 'RefreshToken: s3cret', 'PasswordDigest: s3cret'],
    ['Event: InvalidPassword', 'Challenge: 1', 'ReceivedHash: s3cret'],
    ['Event: ChallengeResponseFailed', 'Challenge: 1', 'Response: s3cret'],
    ['Event: VoicemailPasswordChange', 'NewPassword: s3cret'],
    ['Response: Success', 'Category-000000: admin', 'Line-000000-000000: secret=s3cret'],
    ['Response: Success', 'Line-000000-000000: password = s3cret'],
    ['Response: Success', 'Line-000000-000000: auth_md5cred=>s3cret'],
    ['Response: Success', 'JSON: {"admin":{"secret":"s3cret","read":"all"}}'],
    ['Response: Success', 'JSON: {"admin":{"secret":"s3c\\"ret s3cret"}}'],
    ['Response: Success', 'Output:  password             : s3cret'],
    ['Event: VarSet', 'Channel: a', 'Variable: USER_SECRET', 'Value: s3cret'],
    ['Action: Setvar', 'Variable: USER_PASSWORD', 'Value: s3cret'],
    ['Action: Setvar', 'Variable: DB(users/100/password)', 'Value: s3cret, s3cret'],
    ['Response: Success', 'Variable: API_TOKEN', 'Value: s3cret'],
    ['Action: Originate', 'Variable: A=1,API_SECRET=s3cret'],
    ['Action: Originate', 'Variable: __DB_PASS=s3cret', 'Variable: B=2'],
    ['Action: Originate', 'Variable: PASSWORD=s3cret,s3cret'],
    ['Action: Originate', 'Variable: PASSWORD=s3cret s3cret;s3cret&s3cret'],
    ['Action: Originate', 'Variable: PASSWORD="s3cret",s3cret'],
    ['Event: Newexten', 'Application: Set', 'AppData: A=1,USER_PASSWORD=s3cret'],
    ['Event: Newexten', 'Application: Set', 'AppData: USER_PASSWORD=s3cret,s3cret s3cret'],
    ['Event: Newexten', 'Application: Set', 'AppData: DB(users/100/secret)=s3cret,s3cret'],
    ['Event: Newexten', 'Application: Set', 'AppData: ODBC_PASSWORD(100)=s3cret s3cret'],
    ['Event: Hangup', 'ChanVariable: PASSWORD=s3cret,s3cret'],
    ['Event: OriginateResponse', 'ChanVariable(PJSIP/100-00000001): PASSWORD=s3cret s3cret'],
    ['Event: Newexten', 'Application: AGI', 'AppData: agi://host/script?token=s3cret&x=s3cret,s3cret'],
    ['Event: DBGetResponse', 'Family: users', 'Key: password', 'Val: s3cret'],
    ['Event: DBGetResponse', 'Family: passwords', 'Key: 100', 'Val: s3cret'],
    ['Action: DBPut', 'Family: users', 'Key: 100/pin', 'Val: s3cret'],
    ['Response: Success', 'Line-000000-000000: register=ann:s3cret@provider'],
    ['Response: Success', 'Line-000000-000000: register => ann:s3cret:s3cret@provider/100'],
    ['Response: Success', 'Line-000000-000000: dburl=mysql://ann:s3cret@host/db'],
    ['Response: Success', 'Line-000000-000000: dburl=mysql://ann:s3cret@s3cret/s3cret@host/db'],
    ['Response: Success', 'Line-000000-000000: dbpass=s3cret'],
    ['Response: Success', 'Line-000000-000000: secret=s3cret,s3cret'],
    ['Action: AGI', 'Command: SET VARIABLE USER_PASSWORD "s3cret s3cret"'],
    ['Action: AGI', 'Command: EXEC "Set" "USER_PASSWORD=s3cret,s3cret"'],
    ['Event: AGIExecStart', 'Command: DATABASE PUT "users" "100/password" "s3cret s3cret"'],
    ['Event: AsyncAGIStart', 'Env: agi_request%3A%20async%0Aagi_arg_1%3A%20token%3Ds3cret%0A'],
    ['Action: Command', 'Command: database put users 100/secret s3cret'],
    ['Action: Command', 'Command: dialplan set global API_KEY s3cret'],
    ['Action: UpdateConfig', 'Action-000000: Update', 'Cat-000000: 100', 'Var-000000: secret', 'Value-000000: s3cret'],
    ['Action: UpdateConfig', 'Action-000000: Update', 'Var-000000: secret', 'Value-000000: s3cret', 'Match-000000: s3cret'],
    ['Action: PJSIPNotify', 'Variable: Authorization=Bearer s3cret,s3cret'],
    ['Event: Newexten', 'Application: Set', 'AppData: CURLOPT(httpheader)=Authorization: Bearer s3cret'],
    ['Event: VarSet', 'Variable: HEADER', 'Value: Bearer s3cret'],
    ['Response: Success', 'Output: /users/100/password                               : s3cret'],
    ['Response: Success', 'Output: /passwords/100                                    : s3cret'],
    ['Event: UserEvent', 'UserEvent: Odd', 'PASSWORD=s3cret', 'a line: with PASSWORD=s3cret'],
    ['Event: VarSet', 'Variable: BODY', 'Value: {\\"user\\":1,\\"password\\":\\"s3cret, s3cret\\"}'],
    ['Event: Newchannel', 'Channel: IAX2/ann:s3cret@provider-1'],
  ])('%s, %s … loses its secret', (...lines) => {
    const left = redactLines(lines)
    expect(left.join('\n')).toContain(REMOVED)
    expect(left.join('\n')).not.toContain('s3c')
    expect(left).toHaveLength(lines.length)
    expect(redactLines(left)).toEqual(left)
    const pairs = lines.filter((line) => line.includes(': ')).map((line) => line.split(/: +(.*)/s) as [string, string])
    expect(JSON.stringify(redactHeaders(pairs))).not.toContain('s3c')
  })

  it.each([
    ['Response: Success', 'ActionID: 1', 'Message: Authentication accepted'],
    ['Response: Success', 'Challenge: 123456789'],
    ['Action: DBGet', 'Family: cidname', 'Key: 100'],
    ['Event: Newchannel', 'Channel: PJSIP/100-00000001', 'Exten: sip:100@10.0.0.1:5060'],
    ['Event: DialBegin', 'DialString: trunk/sip:100@10.0.0.1:5060', 'DestChannel: PJSIP/trunk-00000001'],
    ['Event: ContactList', 'Contact: 100/sip:100@10.0.0.1:5060;x-ast-orig-host=10.0.0.2:5060'],
    ['Response: Success', 'Line-000000-000000: bypass=yes', 'Output: 10:30:00 Mapping: x=1'],
    ['Event: VarSet', 'Variable: RINGTIME', 'Value: 30'],
    ['Event: SuccessfulAuth', 'UsingPassword: 1'],
    ['Event: Newexten', 'AppData: a=1, b: c', 'Uniqueid:1', 'odd line'],
    ['Response: Success', 'Line-000000-000000: context=default', 'Output: password', 'Value:'],
    ['Action: UpdateConfig', 'Var-000000: context', 'Value-000000: default', 'Var-000001: secret', 'Value-000001:'],
    ['Event: Hangup', 'Cause: 57', 'Cause-txt: Bearer capability not authorized'],
    ['Event: constructor', 'Response: a', '__proto__: b', 'toString'],
    ['Action: AGI', 'Command: GET VARIABLE USER_PASSWORD'],
    ['Action: AGI', 'Command: STREAM FILE vm-password "0123"'],
  ])('%s, %s … stays as it is', (...lines) => expect(redactLines(lines)).toEqual(lines))
})

describe('a text', () => {
  it.each([
    ['PASSWORD=s3cret', 'PASSWORD=…'],
    ['wrong password : s3cret s3cret', 'wrong password : …'],
    ['{"secret": "s3cret", "read": "all", "pin":"s3cret"}', '{"secret": "…", "read": "all", "pin":"…"}'],
    ['{"secret": "", "pin": 1234}', '{"secret": "", "pin": …'],
    ['{"secret": "never ended', '{"secret": "…'],
    ['authorization: Bearer s3cret', 'authorization: …'],
    ['SET  VARIABLE "API_TOKEN"  s3cret s3cret', 'SET  VARIABLE "API_TOKEN"  …'],
    ['database put users 100/password s3cret', 'database put users 100/password …'],
    ['see //ann:s3cret@host and redis://:s3cret@host', 'see //ann:…@host and redis://:…@host'],
    ['mysql://sip:s3cret@host', 'mysql://sip:…@host'],
    ['sip:ann:s3cret@host', 'sip:ann:…@host'],
    ['sip://ann:s3cret,PASSWORD=s3cret@host', 'sip://ann:…'],
    ['secret=', 'secret='],
    ['the secret', 'the secret'],
    ['', ''],
  ])('%s becomes %s', (text, redacted) => {
    expect(redactText(text)).toBe(redacted)
    expect(redactText(redacted)).toBe(redacted)
  })

  it.each([
    '=',
    'pin=',
    '//a:',
    'a@',
    'set ',
    'set variable ',
    'bearer ',
    'bearer capability ',
    '"pin":"',
    '(',
    ')=',
    '\\"',
    'pin1',
    'x(',
    '1',
    ' ',
    '%3D',
    ': ',
    'key',
  ])('of many %j is read once, not again for each', (piece) => {
    // With a cost that grows with the square of the length, each of these would take a minute.
    for (const start of ['', 'pin', 'sip:@ '])
      for (const end of ['', 'x', '@'])
        expect(redactText(start + piece.repeat(200_000 / piece.length) + end).length).toBeGreaterThan(0)
  })
})

it('what was removed stays removed, and nothing more goes when it is read again', () => {
  const piece = fc.constantFrom(
    ...['a', 'PASSWORD', 'pin', 'Variable', 'Value', 'Action', 'Login', 'Key', 'set variable', 'bearer', 'sip', '//', '@', 'DB('],
    ...['=', ': ', ':', ',', ' ', '"', '\\', ')', '/', '%3D', '&', REMOVED],
  )
  const line = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(fc.array(line, { maxLength: 4 }), line, line, (lines, before, after) => {
      const redacted = redactLines([...lines, `${before.replaceAll('"', '')},PASSWORD=hunter2${after}hunter2`])
      expect(redacted.join()).not.toContain('hunter2')
      expect(redactLines(redacted)).toEqual(redacted)
    }),
    { numRuns: 2_000 },
  )
})

it.each(['Secret', '__USER_PASSWORD', 'PASSWORD2', 'api-key', 'DB(users/100/pin)', 'dbpass', 'Authorization', 'tokens'])(
  'the value of %s is a secret',
  (name) => expect(isSecretName(name)).toBe(true),
)

it.each(['UsingPassword', 'bypass', 'PINNED', 'Key', 'Mapping', 'HASHTAG', 'Privilege', ''])('that of %s is none', (name) =>
  expect(isSecretName(name)).toBe(false),
)
