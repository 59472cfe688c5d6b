/** The people of every office, and two outside. The number behind a name is what stands after the office's digit. */
export const PEOPLE = {
  ann: '01',
  bob: '02',
  cid: '03',
  dot: '04',
  eve: '05',
  fay: '06',
} as const

/** People outside, by the numbers that their telephone company gave them. */
export const OUTSIDE = { max: '030100', zoe: '030200' } as const

/** Whose phone answers nothing, and whose never registered. */
export const ABSENT = { hal: '08', ida: '09' } as const

export type Person = keyof typeof PEOPLE | keyof typeof OUTSIDE | keyof typeof ABSENT

/** What an office has, and its number after the office's digit. `the short phone of ann` rings two seconds. */
export const SERVICES = {
  'the ring group': '20',
  'the hunt group': '21',
  'the follow-me number': '22',
  'the firm follow-me number': '23',
  'the asking follow-me number': '24',
  'the long chain': '25',
  'the press-1 number': '26',
  'the patchy group': '27',
  'the sales queue': '30',
  'the support queue': '31',
  'the service queue': '32',
  'the unanswered sales queue': '33',
  'the two-second sales queue': '34',
  'the duo queue': '35',
  'the brief queue': '36',
  'the voicemail of ann': '40',
  'the menu': '41',
  'the conference': '42',
  'the page': '43',
  'the agent login': '44',
  'the agent': '45',
  'the announcement': '60',
  'the early announcement': '61',
  'the congested number': '62',
  'the busy number': '63',
  'the limited number': '64',
  'the recorded number': '65',
  'the number that goes on': '66',
  'the brief group': '67',
  'the music': '68',
  'the car park': '70',
  'place 1': '71',
  'the brief car park': '80',
  nobody: '99',
} as const

export type Service = keyof typeof SERVICES

/** The µ-law value of a person's silence, each low enough to be no sound. */
export function voiceOf(person: Person): number {
  const all = [...Object.keys(PEOPLE), ...Object.keys(OUTSIDE)]
  return 0xf0 + all.indexOf(person)
}
