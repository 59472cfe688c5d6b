import { AMIClient } from 'obelus-asterisk'

export async function main(): Promise<void> {
  const ami = new AMIClient({ username: 'admin', secret: 's3cret' })
  try {
    await ami.login({ timeoutMs: 5_000 })
  } finally {
    await ami.close()
  }
}
