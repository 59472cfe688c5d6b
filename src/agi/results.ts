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
  /** What ended it: a key, the time, `silenceMs` of silence, the caller's hangup. */
  readonly endedBy: 'digit' | 'timeout' | 'silence' | 'hangup'
  /** How long it is. 0 also for a Local channel, whose samples Asterisk does not count. */
  readonly durationMs: number
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

/** What a recording was told. */
export interface RecordingRequest {
  readonly format: string
  readonly timeoutMs: number
  /** What of it was there before, in samples. */
  readonly offset: number
  /** In whole seconds; undefined where silence does not end it. */
  readonly silenceMs: number | undefined
}

/** A recording ends in order also when the caller hangs up: the answer then says so. @throws what it is given, if it was something else. */
export function recordingAfter(error: unknown, request: RecordingRequest): RecordingResult {
  const response = error instanceof AGICommandFailure || error instanceof AGIHangupError ? error.response : undefined
  if (response?.value !== 'hangup') throw error
  const endPosition = endPositionOf(response)
  return { endedBy: 'hangup', digit: undefined, endPosition, durationMs: durationOf(endPosition, request) }
}

export function recordingOf(response: AGIResponse, request: RecordingRequest): RecordingResult {
  const digit = response.value === 'dtmf' ? digitOf(response) : undefined
  const endPosition = endPositionOf(response)
  const durationMs = durationOf(endPosition, request)
  const endedBy = digit !== undefined ? 'digit' : isBySilence(durationMs, request) ? 'silence' : 'timeout'
  return { endedBy, digit, endPosition, durationMs }
}

/** What a recording may lack that took all of its time: the sound of a busy server begins and ends late. */
const LATE_MS = 500
/** What Asterisk leaves of the silence that ended a recording (`handle_recordfile` in `res/res_agi.c`). */
const LEFT_SILENCE_MS = 1_000

/** Asterisk says `timeout` of both, and takes the silence off the end again: with it, the recording was shorter than its time. */
function isBySilence(durationMs: number, { timeoutMs, silenceMs }: RecordingRequest): boolean {
  if (silenceMs === undefined || durationMs === 0) return false
  return durationMs + silenceMs - LEFT_SILENCE_MS < timeoutMs - LATE_MS
}

function durationOf(endPosition: number, { format, offset }: RecordingRequest): number {
  return Math.round(Math.max(0, endPosition - offset) / samplesPerMs(format))
}

/** `sln16`, `wav16`, `sln48` say how many thousand samples a second has; the formats of telephony have 8. */
function samplesPerMs(format: string): number {
  const thousands = Number(/^(?:sln|wav)(\d+)$/i.exec(format)?.[1] ?? 8)
  return thousands === 44 ? 44.1 : thousands
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
