import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FakeAsterisk, record } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished } from 'vitest'
import { program } from '../support/recorded-program.js'
import { servers } from './target.js'

it.each(servers)('a program on a recording of $name learns what it learnt there', async ({ host, port, username, secret }) => {
  const recorder = record({ host, port })
  const there = await program(recorder, { username, secret }, 'answer')
  const folder = mkdtempSync(join(tmpdir(), 'recording-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'session.ami.txt')
  writeFileSync(file, recorder.text)
  expect(recorder.text).not.toContain(secret)
  const played = FakeAsterisk.fromRecording(file)
  expect(await program(played.connector, { username, secret: 'another' }, 'answer')).toEqual(there)
  await played.close()
  expect(there).toMatchObject({ result: 'ended', answered: true })
})
