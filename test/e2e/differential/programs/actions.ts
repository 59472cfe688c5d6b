import type { Program } from '../bench.js'

type Headers = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

const one = (name: string, headers: Headers = {}, what = ''): Program => ({
  name: `${name}${what === '' ? '' : ` ${what}`}`,
  run: async (bench) => {
    await bench.send(name, headers)
    await bench.calm()
  },
})

/** Programs of one action each: what it answers, with right and wrong parameters. */
export const actionPrograms: readonly Program[] = [
  one('Ping'),
  one('CoreStatus'),
  one('CoreSettings'),
  one('CoreShowChannels', {}, 'without calls'),
  one('Status', {}, 'without calls'),
  one('Status', { Channel: 'PJSIP/none' }, 'of a channel that is not there'),
  one('NoSuchAction'),
  one('Hangup', {}, 'without a channel'),
  one('Hangup', { Channel: 'PJSIP/none' }, 'of a channel that is not there'),
  one('Hangup', { Channel: '/^PJSIP/' }, 'by a pattern that fits nothing'),
  one('Redirect', {}, 'without a channel'),
  one('Redirect', { Channel: 'PJSIP/none', Context: 'default', Exten: 'answer', Priority: 1 }, 'of a channel that is not there'),
  one('BlindTransfer', {}, 'without a channel'),
  one('BlindTransfer', { Channel: 'PJSIP/none', Exten: 'answer', Context: 'default' }, 'of a channel that is not there'),
  one('BlindTransfer', { Channel: 'PJSIP/none' }, 'without an extension'),
  one('Atxfer', {}, 'without a channel'),
  one('Atxfer', { Channel: 'PJSIP/none', Exten: '200' }, 'of a channel that is not there'),
  one('Bridge', {}, 'without channels'),
  one('Bridge', { Channel1: 'PJSIP/none', Channel2: 'PJSIP/no' }, 'of channels that are not there'),
  one('Setvar', {}, 'without a variable'),
  one('Setvar', { Channel: 'PJSIP/none', Variable: 'A', Value: '1' }, 'of a channel that is not there'),
  one('Setvar', { Variable: 'DIFFERENTIAL', Value: '1' }, 'of a global'),
  one('Getvar', {}, 'without a variable'),
  one('Getvar', { Channel: 'PJSIP/none', Variable: 'A' }, 'of a channel that is not there'),
  one('Getvar', { Variable: 'NEVER_SET_BY_ANYBODY' }, 'of a global that is not set'),
  one('PlayDTMF', {}, 'without a channel'),
  one('PlayDTMF', { Channel: 'PJSIP/none', Digit: '1' }, 'on a channel that is not there'),
  one('PlayDTMF', { Channel: 'PJSIP/none' }, 'without a digit'),
  one('MixMonitor', {}, 'without a channel'),
  one('MixMonitor', { Channel: 'PJSIP/none', File: 'x.wav' }, 'of a channel that is not there'),
  one('StopMixMonitor', {}, 'without a channel'),
  one('StopMixMonitor', { Channel: 'PJSIP/none' }, 'of a channel that is not there'),
  one('MuteAudio', {}, 'without a channel'),
  one('MuteAudio', { Channel: 'PJSIP/none', Direction: 'in', State: 'on' }, 'of a channel that is not there'),
  one('Events', {}, 'without a mask'),
  one('Filter', {}, 'without a filter'),
  one('UserEvent', { UserEvent: 'Mine', One: 1 }),
  one('UserEvent', {}, 'without a name'),
  one('AGI', {}, 'without a channel'),
  one('AGI', { Channel: 'PJSIP/none', Command: 'ANSWER' }, 'on a channel that is not there'),
  one('Originate', {}, 'without a channel'),
  one('Originate', { Channel: 'nonsense' }, 'of a channel without technology'),
  one('Originate', { Channel: 'Local/answer@default', Exten: 'answer' }, 'without a context'),
  one('Originate', { Channel: 'Local/answer@default', Exten: 'answer', Context: 'default' }, 'without a priority'),
  one(
    'Originate',
    { Channel: 'Local/answer@default', Exten: 'answer', Context: 'none', Priority: 1 },
    'to a context that is not there',
  ),
  one(
    'Originate',
    { Channel: 'Local/answer@default', Exten: 'none', Context: 'default', Priority: 1 },
    'to an extension that is not there',
  ),
  one(
    'Originate',
    { Channel: 'Local/answer@default', Exten: 'answer', Context: 'default', Priority: 7 },
    'to a priority that is not there',
  ),
  one(
    'Originate',
    { Channel: 'Local/answer@default', Exten: 'answer', Context: 'default', Priority: 'x' },
    'to a priority that is no number',
  ),
  one(
    'Originate',
    { Channel: 'Local/answer@default', Application: 'Wait', Data: 1, Timeout: 'soon' },
    'with a timeout that is no number',
  ),
  one(
    'Originate',
    { Channel: 'Local/answer@default', Application: 'Wait', Data: 1, ChannelId: 'x'.repeat(150) },
    'with a ChannelId of 150 bytes',
  ),
  one(
    'Originate',
    { Channel: 'Local/answer@default', Application: 'Wait', Data: 1, OtherChannelId: 'y'.repeat(150) },
    'with an OtherChannelId of 150 bytes',
  ),
  one(
    'Originate',
    { Channel: 'Local/answer@default', Application: 'Wait', Data: 1, ChannelId: 'z1', OtherChannelId: 'z1' },
    'with the same ids twice',
  ),
  one('Originate', { Channel: 'Local/answer@default' }, 'to nowhere'),
  one('Originate', { Channel: 'Nonsense/100', Application: 'Wait', Data: 1 }, 'by a technology that is not there'),
  one('Originate', { Channel: 'PJSIP/none', Application: 'Wait', Data: 1 }, 'of a phone that is not there'),
  one('Originate', { Channel: 'Local/none@default', Application: 'Wait', Data: 1 }, 'of a Local extension that is not there'),
  one(
    'Originate',
    { Channel: 'PJSIP/none', Application: 'Wait', Data: 1, Async: true },
    'of a phone that is not there, asynchronous',
  ),
  one(
    'Originate',
    { Channel: 'Local/answer@default', Application: 'Wait', Data: 1, Codecs: 'nonsense' },
    'with codecs that are not there',
  ),
]
