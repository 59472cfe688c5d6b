import { expect, it } from 'vitest'
import { withoutSecrets } from '../../src/testing/recording/secrets.js'

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
  ['Response: Success', 'Variable: API_TOKEN', 'Value: s3cret'],
  ['Action: Originate', 'Variable: A=1,API_SECRET=s3cret'],
  ['Action: Originate', 'Variable: __DB_PASS=s3cret', 'Variable: B=2'],
  ['Event: Newexten', 'Application: Set', 'AppData: A=1,USER_PASSWORD=s3cret'],
  ['Event: DBGetResponse', 'Family: users', 'Key: password', 'Val: s3cret'],
  ['Action: DBPut', 'Family: users', 'Key: 100/pin', 'Val: s3cret'],
  ['Response: Success', 'Line-000000-000000: register=ann:s3cret@provider'],
  ['Response: Success', 'Line-000000-000000: dburl=mysql://ann:s3cret@host/db'],
  ['Response: Success', 'Line-000000-000000: dbpass=s3cret'],
  ['Response: Success', 'Line-000000-000000: secret=s3cret,s3cret'],
  ['Action: AGI', 'Command: SET VARIABLE USER_PASSWORD "s3cret s3cret"'],
  ['Action: UpdateConfig', 'Action-000000: Update', 'Cat-000000: 100', 'Var-000000: secret', 'Value-000000: s3cret'],
])('%s, %s … loses its secret', (...lines) => {
  const left = withoutSecrets(lines)
  expect(left.join('\n')).toContain('…')
  expect(left.join('\n')).not.toContain('s3c')
  expect(left).toHaveLength(lines.length)
})

it.each([
  ['Response: Success', 'ActionID: 1', 'Message: Authentication accepted'],
  ['Response: Success', 'Challenge: 123456789'],
  ['Action: DBGet', 'Family: cidname', 'Key: 100'],
  ['Event: Newchannel', 'Channel: PJSIP/100-00000001', 'Exten: sip:100@10.0.0.1:5060'],
  ['Response: Success', 'Line-000000-000000: bypass=yes', 'Output: 10:30:00 Mapping: x=1'],
  ['Event: VarSet', 'Variable: RINGTIME', 'Value: 30'],
  ['Event: SuccessfulAuth', 'UsingPassword: 1'],
  ['Event: Newexten', 'AppData: a=1, b: c', 'Uniqueid:1', 'odd line'],
  ['Response: Success', 'Line-000000-000000: context=default', 'Output: password', 'Value:'],
  ['Action: UpdateConfig', 'Var-000000: context', 'Value-000000: default', 'Var-000001: secret', 'Value-000001:'],
])('%s, %s … stays as it is', (...lines) => expect(withoutSecrets(lines)).toEqual(lines))
