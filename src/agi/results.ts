import type { AGIArgument } from '../catalog/values.js'
import { commandText } from './command-text.js'
import { AGICommandFailure, AGIHangupError } from './errors.js'
import type { AGIResponse } from './response.js'

/** What was pressed while something was played or said. */
export interface DigitResult {
  /** The key: 0-9, *, #; undefined when none was pressed. */
  readonly digit: string | undefined
}

export interface PlaybackResult extends DigitResult {
  /** Where it ended, in samples (8,000 a second for telephone sound). */
  readonly endPosition: number
}

export interface ControlPlaybackResult extends DigitResult {
  /** Where it ended, in ms; undefined where Asterisk does not know it, as at the end of the file. */
  readonly endPositionMs: number | undefined
}

export interface DataResult {
  readonly digits: string
  /** Whether the time was up before the last digit, or before `#`. */
  readonly timedOut: boolean
}

export interface RecordingResult extends DigitResult {
  /** What ended it: a key, the time or the silence, the caller's hangup. */
  readonly endedBy: 'digit' | 'timeout' | 'hangup'
  /** Where it ended, in samples. */
  readonly endPosition: number
}

export interface CharResult {
  /** The character; undefined when none came. */
  readonly char: string | undefined
  readonly timedOut: boolean
}

/** The state of a channel. */
export interface ChannelStatusResult {
  /** `ChannelState`: 0 Down, 4 Ring, 5 Ringing, 6 Up … */
  readonly state: number
  /** `ChannelStateDesc`. */
  readonly stateText: string
}

/** What a speech engine understood. */
export interface SpeechResult extends DigitResult {
  readonly endedBy: 'speech' | 'digit' | 'timeout'
  readonly endPosition: number
  readonly results: readonly { readonly score: number; readonly text: string; readonly grammar: string }[]
}

/** The key of a result that is its ASCII code; 0 is none. */
export function digitOf({ result }: AGIResponse): string | undefined {
  const code = Number(result)
  return code > 0 ? String.fromCharCode(code) : undefined
}

export function endPositionOf({ fields }: AGIResponse): number {
  return Number(fields.get('endpos') ?? 0)
}

/** -1 is none. */
export function endPositionMsOf({ fields }: AGIResponse): number | undefined {
  const ms = Number(fields.get('endpos') ?? -1)
  return ms < 0 ? undefined : ms
}

/** The value of an answer with result 1; undefined for one with 0. */
export function textOf({ result, value }: AGIResponse): string | undefined {
  return result === '1' ? (value ?? '') : undefined
}

/** @throws AGICommandFailure when the result is not 1. */
export function requireDone(command: string, args: readonly (AGIArgument | undefined)[], response: AGIResponse): void {
  if (response.result !== '1') throw new AGICommandFailure(command, response, commandText(command, args))
}

export function dataOf({ result, value }: AGIResponse): DataResult {
  return { digits: result, timedOut: value === 'timeout' }
}

/** A recording ends in order also when the caller hangs up: the answer then says so. @throws what it is given, if it was something else. */
export function recordingAfter(error: unknown): RecordingResult {
  const response = error instanceof AGICommandFailure || error instanceof AGIHangupError ? error.response : undefined
  if (response?.value !== 'hangup') throw error
  return { endedBy: 'hangup', digit: undefined, endPosition: endPositionOf(response) }
}

export function recordingOf(response: AGIResponse): RecordingResult {
  const digit = response.value === 'dtmf' ? digitOf(response) : undefined
  return { endedBy: digit === undefined ? 'timeout' : 'digit', digit, endPosition: endPositionOf(response) }
}

export function speechOf(response: AGIResponse): SpeechResult {
  const { fields, value } = response
  const results: SpeechResult['results'][number][] = []
  for (let at = 0; fields.has(`score${at}`); at += 1)
    results.push({
      score: Number(fields.get(`score${at}`)),
      text: fields.get(`text${at}`) ?? '',
      grammar: fields.get(`grammar${at}`) ?? '',
    })
  const endedBy = value === 'speech' ? 'speech' : value === 'digit' ? 'digit' : 'timeout'
  return { endedBy, digit: fields.get('digit'), endPosition: endPositionOf(response), results }
}
