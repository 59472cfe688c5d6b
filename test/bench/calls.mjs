// Calls that come in, are dialled on through a Local channel, answered, bridged and hung up, as Asterisk 22 tells of them: four channels each.

const state = (desc) => ({ Down: 0, Ring: 4, Ringing: 5, Up: 6 })[desc]

/** The bytes of calls `from` to `to`: how they begin, how they end, or both; or how they join a conference, and perhaps leave it. */
export function callEvents(from, to, part) {
  let text = ''
  for (let number = from; number < to; number += 1) {
    if (part === 'join' || part === 'visit') text += join(number)
    if (part === 'visit') text += leave(number)
    if (part === 'join' || part === 'visit') continue
    if (part !== 'end') text += begin(number)
    if (part !== 'begin') text += end(number)
  }
  return Buffer.from(text, 'latin1')
}

/** How many events a whole call has. */
export const EVENTS_PER_CALL = callEvents(0, 1, 'whole').toString('latin1').split('\r\n\r\n').length - 1

function join(number) {
  const [caller] = legs(number)
  return event('Newchannel', channel('', caller, 'Ring')) + event('BridgeEnter', bridge(0, 2, 2) + channel('', caller, 'Up'))
}

function leave(number) {
  const [caller] = legs(number)
  const hangup = `${channel('', caller, 'Up')}Cause: 16\r\nCause-txt: Normal Clearing\r\n`
  return event('BridgeLeave', bridge(0, 2, 1) + channel('', caller, 'Up')) + event('Hangup', hangup)
}

function begin(number) {
  const [caller, one, two, called] = legs(number)
  return (
    event('Newchannel', channel('', caller, 'Ring')) +
    event('Newchannel', channel('', one, 'Down')) +
    event('Newchannel', channel('', two, 'Ring')) +
    event('LocalBridge', `${channel('LocalOne', one, 'Down')}${channel('LocalTwo', two, 'Ring')}LocalOptimization: No\r\n`) +
    event('DialBegin', `${channel('', caller, 'Ring')}${channel('Dest', one, 'Down')}DialString: 200@default/n\r\n`) +
    event('Newchannel', channel('', called, 'Down')) +
    event('DialBegin', `${channel('', two, 'Ring')}${channel('Dest', called, 'Down')}DialString: 200\r\n`) +
    event('Newstate', channel('', called, 'Ringing')) +
    event('Newstate', channel('', one, 'Ringing')) +
    event('Newstate', channel('', called, 'Up')) +
    event('DialEnd', `${channel('', two, 'Ring')}${channel('Dest', called, 'Up')}DialStatus: ANSWER\r\n`) +
    event('Newstate', channel('', two, 'Up')) +
    event('Newstate', channel('', one, 'Up')) +
    event('DialEnd', `${channel('', caller, 'Ring')}${channel('Dest', one, 'Up')}DialStatus: ANSWER\r\n`) +
    event('Newstate', channel('', caller, 'Up')) +
    event('BridgeEnter', bridge(number, 0, 1) + channel('', called, 'Up')) +
    event('BridgeEnter', bridge(number, 0, 2) + channel('', two, 'Up')) +
    event('BridgeEnter', bridge(number, 1, 1) + channel('', one, 'Up')) +
    event('BridgeEnter', bridge(number, 1, 2) + channel('', caller, 'Up'))
  )
}

function end(number) {
  const [caller, one, two, called] = legs(number)
  const cause = 'Cause: 16\r\nCause-txt: Normal Clearing\r\n'
  return (
    event('BridgeLeave', bridge(number, 0, 1) + channel('', called, 'Up')) +
    event('Hangup', channel('', called, 'Up') + cause) +
    event('BridgeLeave', bridge(number, 0, 0) + channel('', two, 'Up')) +
    event('Hangup', channel('', two, 'Up') + cause) +
    event('BridgeLeave', bridge(number, 1, 1) + channel('', one, 'Up')) +
    event('Hangup', channel('', one, 'Up') + cause) +
    event('BridgeLeave', bridge(number, 1, 0) + channel('', caller, 'Up')) +
    event('Hangup', channel('', caller, 'Up') + cause)
  )
}

function legs(number) {
  const linked = `1795397647.${number * 4}`
  const own = number.toString(16).padStart(8, '0')
  return [`PJSIP/trunk-${own}`, `Local/200@default-${own};1`, `Local/200@default-${own};2`, `PJSIP/200-${own}`].map(
    (name, leg) => ({
      name,
      id: `1795397647.${number * 4 + leg}`,
      linked,
    }),
  )
}

function event(name, headers) {
  return `Event: ${name}\r\nPrivilege: call,all\r\n${headers}\r\n`
}

function channel(prefix, { name, id, linked }, desc) {
  const headers = {
    Channel: name,
    ChannelState: state(desc),
    ChannelStateDesc: desc,
    CallerIDNum: '0301234567',
    CallerIDName: '<unknown>',
    ConnectedLineNum: '<unknown>',
    ConnectedLineName: '<unknown>',
    Language: 'en',
    AccountCode: '',
    Context: 'default',
    Exten: '200',
    Priority: 1,
    Uniqueid: id,
    Linkedid: linked,
  }
  return Object.entries(headers)
    .map(([header, value]) => `${prefix}${header}: ${value}\r\n`)
    .join('')
}

function bridge(number, which, members) {
  const id = `820ca8f${which}-b636-4a17-9ae4-${number.toString(16).padStart(12, '0')}`
  return `BridgeUniqueid: ${id}\r\nBridgeType: basic\r\nBridgeTechnology: simple_bridge\r\nBridgeCreator: <unknown>\r\nBridgeName: <unknown>\r\nBridgeNumChannels: ${members}\r\nBridgeVideoSourceMode: none\r\n`
}
