import { AMIClient } from 'obelus-asterisk'

export const crm = new AMIClient('amis://crm:s3cret@pbx.example:5039?events=call,agent&timeoutMs=5000')
export const parsed = new AMIClient(new URL('wss://crm:s3cret@pbx.example/ami'))
export const beside = new AMIClient({ url: 'ami://pbx', username: 'crm', secret: 's3cret', events: false })
export const fromEnvironment: AMIClient = AMIClient.fromEnvironment()
export const fromOther = AMIClient.fromEnvironment({ AMI_URL: process.env.PBX_URL })
// @ts-expect-error: a port is no URL.
export const wrong = new AMIClient(5038)
