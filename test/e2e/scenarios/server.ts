import { AMIClient } from 'obelus-asterisk'
import type { Pbx } from './pbx.js'

/** Logins that are refused, each for another reason, and what the server does to itself. */
export async function security(pbx: Pbx): Promise<void> {
  await refused(pbx, 'InvalidPassword', { username: 'admin', secret: 'wrong', authType: 'plaintext' })
  await refused(pbx, 'ChallengeResponseFailed', { username: 'admin', secret: 'wrong' })
  await refused(pbx, 'InvalidAccountID', { username: 'nobody', secret: 'wrong', authType: 'plaintext' })
  await refused(pbx, 'FailedACL', { username: 'elsewhere', secret: 's3cret', authType: 'plaintext' })
}

async function refused(
  { ami, server }: Pbx,
  name: 'InvalidPassword' | 'ChallengeResponseFailed' | 'InvalidAccountID' | 'FailedACL',
  account: { username: string; secret: string; authType?: 'plaintext' },
): Promise<void> {
  const told = ami.waitFor(name, { timeoutMs: 8_000 })
  const stranger = new AMIClient({ host: server.host, port: server.port, ...account })
  await stranger.login().catch(() => undefined)
  await stranger.close()
  await told
}

/** Phones that register, rightly and wrongly, and the lists of all that PJSIP has. */
export async function registrations(pbx: Pbx): Promise<void> {
  await pbx.until('Registry', () => pbx.attempt('PJSIPRegister', { Registration: 'good' }))
  await pbx.attempt('PJSIPQualify', { Endpoint: 'phone' })
  for (const action of [
    'PJSIPShowEndpoints',
    'PJSIPShowAors',
    'PJSIPShowAuths',
    'PJSIPShowContacts',
    'PJSIPShowRegistrationsInbound',
    'PJSIPShowRegistrationsOutbound',
    'PJSIPShowRegistrationInboundContactStatuses',
    'PJSIPShowSubscriptionsInbound',
    'PJSIPShowSubscriptionsOutbound',
    'PJSIPShowResourceLists',
    'PJSIPShowMaintenance',
  ]) {
    await pbx.list(action)
  }
  for (const endpoint of ['loop', 'phone']) await pbx.list('PJSIPShowEndpoint', { Endpoint: endpoint })
  await pbx.until('Registry', () => pbx.attempt('PJSIPRegister', { Registration: 'bad' }))
  await pbx.until('Registry', () => pbx.attempt('PJSIPUnregister', { Registration: 'good' }))
}

/** Modules that are unloaded, loaded and reloaded, logs that are rotated. */
export async function modules(pbx: Pbx): Promise<void> {
  for (const LoadType of ['unload', 'load', 'reload'] as const)
    await pbx.attempt('ModuleLoad', { Module: 'app_milliwatt.so', LoadType })
  await pbx.until('Reload', () => pbx.ami.sendAction('Reload', { Module: 'res_musiconhold.so' }))
  await pbx.attempt('LoggerRotate')
  await pbx.console('logger add channel day.log error')
  await pbx.console('logger remove channel day.log')
}

/** A call that a program answers over AMI. */
export async function asyncAGI(pbx: Pbx): Promise<void> {
  const started = pbx.next('AsyncAGIStart')
  await pbx.call('Local/agi@day/n')
  const Channel = (await started).get('Channel') ?? ''
  await pbx.until('AsyncAGIExec', () => pbx.ami.sendAction('AGI', { Channel, Command: 'VERBOSE hello', CommandID: 'one' }))
  await pbx.until('AsyncAGIExec', () => pbx.ami.sendAction('AGI', { Channel, Command: 'NOOP' }))
  await pbx.until('AsyncAGIEnd', () => pbx.ami.sendAction('AGI', { Channel, Command: 'ASYNCAGI BREAK' }))
}

/** The lists that other scenarios leave out, while a call is up. */
export async function lists(pbx: Pbx): Promise<void> {
  const { channel } = await pbx.bridgedCall()
  await pbx.list('Status', { Variables: 'CHANNEL,NOTHING' })
  await pbx.list('CoreShowChannels')
  await pbx.list('CoreShowChannelMap', { Channel: channel })
  await pbx.list('ShowDialPlan')
  for (const action of [
    'FAXSessions',
    'FAXStats',
    'IAXpeerlist',
    'IAXpeers',
    'IAXregistry',
    'SIPpeers',
    'SIPpeerstatus',
    'SIPshowregistry',
    'MWIGet',
  ]) {
    await pbx.list(action, { Mailbox: '100@default' })
  }
}
