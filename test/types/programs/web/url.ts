import { AMIClient } from 'obelus-asterisk/web'

export const page = new AMIClient('wss://crm:s3cret@pbx.example/ami?protocols=binary&events=call')
export const located = new AMIClient({ url: new URL('/ami', location.href), username: 'crm', secret: prompt() ?? '' })
// @ts-expect-error: there is no such option.
export const wrong = new AMIClient({ url: 'wss://pbx.example/ami', tls: true })
