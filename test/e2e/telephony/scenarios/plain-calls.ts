import type { Scenario } from '../statement.js'

/** One calls another. */
export const PLAIN_CALLS: readonly Scenario[] = [
  {
    title: 'Ann calls Bob; they talk; Ann hangs up',
    script: ['ann calls bob', "bob's phone rings", 'bob answers', 'ann and bob talk', 'ann hangs up', "bob's call is over"],
    calls: [
      { caller: 'ann', dialed: 'bob', phones: { bob: 'answered' }, answeredBy: 'bob', talks: ['ann with bob'], hungUpBy: 'ann' },
    ],
    break: { after: "bob's phone rings", until: 'ann and bob talk' },
  },
  {
    title: 'Ann calls Bob; they talk; Bob hangs up',
    script: ['ann calls bob', 'bob answers', 'ann and bob talk', 'bob hangs up', "ann's call is over"],
    calls: [
      { caller: 'ann', dialed: 'bob', phones: { bob: 'answered' }, answeredBy: 'bob', talks: ['ann with bob'], hungUpBy: 'bob' },
    ],
  },
  {
    title: 'Max from outside calls Bob; they talk',
    script: ['max calls bob', 'bob answers', 'max and bob talk', 'max hangs up', "bob's call is over"],
    calls: [
      { caller: 'max', dialed: 'bob', phones: { bob: 'answered' }, answeredBy: 'bob', talks: ['max with bob'], hungUpBy: 'max' },
    ],
  },
  {
    title: 'Max from outside calls Bob and withholds his number',
    script: ['max calls bob without a number', 'bob answers', 'max and bob talk', 'bob hangs up', "max's call is over"],
    calls: [
      {
        caller: 'max',
        isWithheld: true,
        dialed: 'bob',
        phones: { bob: 'answered' },
        answeredBy: 'bob',
        talks: ['max with bob'],
        hungUpBy: 'bob',
      },
    ],
  },
  {
    title: 'Ann calls Zoe outside; they talk',
    script: ['ann calls zoe', 'zoe answers', 'ann and zoe talk', 'zoe hangs up', "ann's call is over"],
    calls: [
      { caller: 'ann', dialed: 'zoe', phones: { zoe: 'answered' }, answeredBy: 'zoe', talks: ['ann with zoe'], hungUpBy: 'zoe' },
    ],
  },
  {
    title: 'Max calls Bob, whose line is busy',
    script: ["bob's phone is busy", 'max calls bob', "max's call is over"],
    calls: [{ caller: 'max', dialed: 'bob', phones: { bob: 'busy' }, reason: 'busy' }],
  },
  {
    title: 'Ann calls Bob, who refuses',
    script: ['ann calls bob', 'bob refuses', "ann's call is over"],
    calls: [{ caller: 'ann', dialed: 'bob', phones: { bob: 'refused' }, reason: 'refused' }],
  },
  {
    title: 'Ann calls Bob, whose phone rings, and gives up',
    script: ['ann calls bob', "bob's phone rings", 'ann hears it ring', 'ann hangs up', "bob's phone stops ringing"],
    calls: [{ caller: 'ann', dialed: 'bob', phones: { bob: 'rang' }, reason: 'cancelled' }],
    break: { after: "bob's phone rings", until: 'ann hears it ring' },
  },
  {
    title: 'Max calls Bob, who does not come to the phone',
    script: ["max calls bob's short line", "bob's phone rings", "max's call is over"],
    calls: [{ caller: 'max', dialed: 'dials 555N12', phones: { bob: 'rang' }, reason: 'noAnswer' }],
  },
  {
    title: 'Ann calls Ida, whose phone is off',
    script: ['ann calls ida', "ann's call is over"],
    calls: [{ caller: 'ann', dialed: 'ida', reason: 'unreachable' }],
  },
  {
    title: 'Ann calls a number that nobody has',
    script: ['ann calls nobody', "ann's call is over"],
    calls: [],
  },
  {
    title: 'Ann calls Bob and puts him on hold; they talk again',
    script: [
      'ann calls bob',
      'bob answers',
      'ann and bob talk',
      'ann puts the call on hold',
      'ann takes the call back',
      'ann and bob talk',
      'bob hangs up',
      "ann's call is over",
    ],
    calls: [
      {
        caller: 'ann',
        dialed: 'bob',
        phones: { bob: 'answered' },
        answeredBy: 'bob',
        talks: ['ann with bob'],
        held: ['ann'],
        hungUpBy: 'bob',
      },
    ],
  },
  {
    title: "Max calls Bob, whose phone forwards to Cid's",
    script: [
      "bob's phone forwards to cid",
      'max calls bob',
      'cid answers',
      'max and cid talk',
      'cid hangs up',
      "max's call is over",
    ],
    calls: [
      {
        caller: 'max',
        dialed: 'bob',
        phones: { bob: 'forwarded', cid: 'answered' },
        answeredBy: 'cid',
        talks: ['max with cid'],
        hungUpBy: 'cid',
      },
    ],
  },
  {
    title: 'Max calls Hal, whose phone is dead',
    script: ["max calls hal's short line", "max's call is over"],
    calls: [{ caller: 'max', dialed: 'dials 555N18', phones: { hal: 'unreachable' }, reason: 'unreachable' }],
  },
  {
    title: 'Ann calls a number that is always busy',
    script: ['ann calls the busy number', "ann's call is over"],
    calls: [{ caller: 'ann', dialed: 'the busy number', reason: 'busy' }],
  },
  {
    title: 'Ann calls a number whose lines are all taken',
    script: ['ann calls the congested number', "ann's call is over"],
    calls: [{ caller: 'ann', dialed: 'the congested number', reason: 'congestion' }],
  },
  {
    title: 'Max talks with Bob for as long as he may',
    script: ['max calls the limited number', 'bob answers', 'max and bob talk', "max's call is over", "bob's call is over"],
    calls: [
      { caller: 'max', dialed: 'the limited number', phones: { bob: 'answered' }, answeredBy: 'bob', talks: ['max with bob'] },
    ],
  },
  {
    title: 'Bob hangs up, and Max hears an announcement before the end',
    script: ['max calls the number that goes on', 'bob answers', 'max and bob talk', 'bob hangs up', "max's call is over"],
    calls: [
      {
        caller: 'max',
        dialed: 'the number that goes on',
        phones: { bob: 'answered' },
        answeredBy: 'bob',
        talks: ['max with bob'],
        hungUpBy: 'bob',
      },
    ],
  },
  {
    title: 'Max hears an announcement before anybody is called, then talks with Bob',
    script: ['max calls the early announcement', 'bob answers', 'max and bob talk', 'bob hangs up', "max's call is over"],
    calls: [
      {
        caller: 'max',
        dialed: 'the early announcement',
        phones: { bob: 'answered' },
        answeredBy: 'bob',
        talks: ['max with bob'],
        hungUpBy: 'bob',
      },
    ],
  },
  {
    title: 'Max talks with Bob, and it is recorded',
    script: [
      'max calls the recorded number',
      'max is recorded',
      'bob answers',
      'max and bob talk',
      'max hangs up',
      "bob's call is over",
    ],
    calls: [
      {
        caller: 'max',
        dialed: 'the recorded number',
        phones: { bob: 'answered' },
        answeredBy: 'bob',
        talks: ['max with bob'],
        hungUpBy: 'max',
        recorded: true,
      },
    ],
  },
  {
    title: 'Ann has Bob on the line when Max calls her; she answers him too',
    script: [
      'ann calls bob',
      'bob answers',
      'ann and bob talk',
      'ann puts the call on hold',
      'max calls ann',
      'ann answers',
      'max and ann talk',
      'max hangs up',
      'ann goes back to the first call',
      'ann and bob talk',
      'bob hangs up',
      "ann's first call is over",
    ],
    calls: [
      {
        caller: 'ann',
        dialed: 'bob',
        phones: { bob: 'answered' },
        answeredBy: 'bob',
        talks: ['ann with bob'],
        held: ['ann'],
        hungUpBy: 'bob',
      },
      { caller: 'max', dialed: 'ann', phones: { ann: 'answered' }, answeredBy: 'ann', talks: ['max with ann'], hungUpBy: 'max' },
    ],
  },
]
