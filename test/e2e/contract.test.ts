import { describe, expect, inject, it } from 'vitest'
import { describeClientContract } from '../support/client-contract.js'
import { firstReadmeProgram, runReadmeProgram } from '../support/readme-program.js'

for (const { name, host, port, username, secret } of inject('servers')) {
  describeClientContract(name, async () => ({ options: { host, port, username, secret }, close: async () => undefined }))

  describe(name, () => {
    it("runs the README's program as it is typed there", async () => {
      const printed = await runReadmeProgram(firstReadmeProgram({ host, port, username, secret }))
      expect(printed).toMatch(/^\d+\.\d+\n\[\s*'Asterisk \d+/)
      expect(printed).toMatch(/Newchannel Local\/200@default-[\s\S]*Hangup Local\/200@default-/)
    })
  })
}
