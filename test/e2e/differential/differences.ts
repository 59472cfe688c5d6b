/** Where the fake is not like a real server, on purpose. Such lines are left out of both transcripts. */
export interface Difference {
  /** The programs that it concerns. @default all */
  readonly programs?: RegExp
  /** The lines that differ. */
  readonly lines: RegExp
  readonly reason: string
}

export const DIFFERENCES: readonly Difference[] = [
  {
    programs: /^(a Local|an extension|the application|queue:|conference:|parking:)/,
    lines: /^channel \d+: Newexten .*Application=(Wait|Hangup|Answer) /,
    reason:
      'Answer of a real server waits for sound, half a second here, where there is none; what the extension runs next comes then, or not at all. The fake answers at once.',
  },
  {
    programs: /dials|Dial of|^queue:/,
    lines: /^channel (\d+: NewCallerid|1: Newstate ChannelState=6) /,
    reason:
      'The half of a Local channel learns by its own thread who the other one reached: the place among its events is by chance.',
  },
  {
    programs: /with a caller id|caller with a number|variables of a channel/,
    lines: /^channel 2: NewConnectedLine /,
    reason:
      'The far half of a Local channel tells of its connected line by one event more on a real server, with nothing new in it.',
  },
  {
    lines: /^channel \d+: (Cdr|CEL) |^(Cdr|CEL) /,
    reason: 'The real servers here have cdr_manager and cel_manager on; the fake is a server that has them off, as they come.',
  },
  {
    lines: /^channel \d+: VarSet .*Variable=RTPAUDIOQOS/,
    reason:
      'The fake has no media, and so no report of its quality. A test that waits for one fails with the fake, it does not pass.',
  },
  {
    lines: /^DeviceStateChange Device=Local\/\S+ State=INUSE/,
    reason: 'A thread of its own looks what a Local channel does, and in a short call it may look only when all is over.',
  },
  {
    lines: /^(channel \d+: )?RTCP\w+ /,
    reason: 'The fake has no media. A test that waits for one of these events fails with the fake, it does not pass.',
  },
  {
    programs: /^Atxfer/,
    lines: /^Atxfer/,
    reason: 'The fake does not transfer with consultation: the action is unhandled, and close() says so.',
  },
  {
    programs: /is redirected/,
    lines:
      /^channel 2: (VarSet|QueueCaller\w+|MusicOnHoldStop|BridgeLeave|Newexten .*Application=(Queue|ConfBridge)) |^ConfbridgeLeave/,
    reason:
      'The thread of a Redirect says where the channel goes while that of the queue lets it go: which extension its last events name is by chance.',
  },
  {
    lines: /^DeviceStateChange Device=(CBAnn\/|Surrogate\/|park:)/,
    reason:
      "The announcer of a conference and the helper of a Park are channels that nobody sees but by their devices; the fake has none. The lot's context is named otherwise here.",
  },
  {
    programs: /^queue:/,
    lines: /^AgentComplete .*Interface=Local/,
    reason:
      'Another thread tells it: whether the Local channel of the member is still there, and its headers with it, is by chance.',
  },
  {
    lines: /Variable=CHANLOCALSTATUS/,
    reason: 'The second half of a Local channel sets it on the first when it goes: whether that one is still there is by chance.',
  },
  {
    programs: /the application Park$/,
    lines: /MusicOnHoldStart/,
    reason:
      'Park of a real server says the number of the space first, and has music begin behind it; the fake has no sounds that take time here.',
  },
  {
    programs: /^parking/,
    lines: /^BridgeCreate /,
    reason: 'A parking lot makes its bridge for the first call and keeps it: a server that runs for longer has it already.',
  },
  {
    programs: /phone rejects/,
    lines: /TechCause=/,
    reason:
      'The phones of the real servers here are Asterisk itself, which refuses with SIP 403. A telephone declines with 603, as that of the fake does.',
  },
  {
    programs: /Playback of a file that is not there/,
    lines: /(HangupRequest|Hangup|VarSet) /,
    reason: 'The fake has every sound, of one second. A test of a missing file gives the application Playback itself.',
  },
  {
    programs: /^AGI: keys that nobody presses/,
    lines: /^RECEIVE (CHAR|TEXT)|^AGISTATUS/,
    reason:
      'The channel of a real server here is a Local one, which has no text, so that the command fails. A telephone of the fake has, and sends none.',
  },
  {
    programs: /^AGI: a dialling that nobody answers/,
    lines: /^GET VARIABLE DIALSTATUS -> 200 result=1 \((BUSY|CHANUNAVAIL)\)/,
    reason:
      'A simulated caller of a script knows no phones: Dial reaches nobody, unless `applications` says otherwise. No test passes by it.',
  },
  {
    programs: /with the same ids twice/,
    lines: /^channel 1: (Newchannel|Hangup) |^DeviceStateChange/,
    reason:
      'A real server makes one half of the Local channel before it sees that the second id is taken. The answer is the same.',
  },
]
