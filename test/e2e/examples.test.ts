import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Example } from '../support/example.js'
import { servers } from './target.js'

describe.each(servers)('examples on $name', ({ host, port, username, secret }) => {
  const at = ['--url', `ami://${encodeURIComponent(username)}:${encodeURIComponent(secret)}@${host}:${port}`]

  it('the dialer', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dialer-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'numbers.txt')
    writeFileSync(file, 'answer\nbusy\nreject\nnobody\n')
    const example = new Example('dialer', ...at, '--channel', 'Local/{}@default', '--application', 'Wait', '--data', '0.1', file)
    expect(await example.ended()).toBe(0)
    expect(example.lines.map((line) => line.replace(/ +/, ' '))).toEqual([
      'answer answered',
      'busy not answered: User busy',
      'reject not answered: Call Rejected',
      'nobody not answered: nobody knows this number',
    ])
  })
})
