import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AMIClient } from 'obelus-asterisk'
import { FakeAsterisk, record } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished } from 'vitest'
import { program } from '../support/recorded-program.js'
import { RELEASES } from './asterisk/releases.js'
import { NOT_OURS, servers } from './target.js'

it.each(servers)('a program on a recording of $name learns what it learnt there', async ({ host, port, username, secret }) => {
  const ami = new AMIClient({ host, port, username, secret })
  const recording = record(ami)
  const there = await program(ami, 'answer')
  const folder = mkdtempSync(join(tmpdir(), 'recording-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'session.ami.txt')
  writeFileSync(file, recording.text)
  expect(recording.text).not.toContain(secret)
  for (const scale of [0, 0.2]) {
    const played = FakeAsterisk.fromRecording(file, { scale })
    expect(await program(new AMIClient({ username, secret: 'another', connect: played.connector }), 'answer')).toEqual(there)
    await played.close()
  }
  const outcome = expect.objectContaining({ result: 'ended', answered: true })
  expect(there).toMatchObject({ outcomes: [outcome, outcome, outcome] })
})

const ours = servers.length === RELEASES.length

it.skipIf(!ours).each(servers)(
  `the settings of $name are recorded without secrets${ours ? '' : ` (skipped: ${NOT_OURS})`}`,
  async ({ host, port, username, secret }) => {
    const recorder = record({ host, port })
    await using ami = new AMIClient({ username, secret, connect: recorder })
    await ami.login()
    const { headers } = await ami.sendAction('GetConfig', { Filename: 'manager.conf' })
    expect(Object.values(headers).some((value) => String(value).includes(secret))).toBe(true)
    expect(recorder.text).toMatch(/Line-\d+-\d+: secret=…/)
    expect(recorder.text).not.toContain(secret)
  },
)
