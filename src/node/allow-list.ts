import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** Whether an address is in the list; in an empty one everybody is. @throws TypeError that quotes what is no address and no network. */
export function allowList(allow: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const entry of allow) {
    const [address = '', prefix] = entry.split('/')
    const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined
    const bits = Number(prefix)
    const most = family === 'ipv4' ? 32 : 128
    if (family === undefined || (prefix !== undefined && !(Number.isInteger(bits) && bits >= 0 && bits <= most && prefix !== '')))
      throw new TypeError(`allow takes addresses and networks such as 10.0.0.0/8, not ${JSON.stringify(entry)}`)
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, bits, family)
  }
  return (address) => allow.length === 0 || list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}
