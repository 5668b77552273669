import { createHash } from 'node:crypto'

/** 127.64.0.0/10 less the ends: Linux answers on every address of 127.0.0.0/8 without any set-up. */
const ADDRESSES = 2 ** 22 - 2

/**
 * The loopback address of the interface with that number. Each scope counts from another place, so that several emulators on one
 * machine keep apart. Only Linux has such addresses; elsewhere all are 127.0.0.1.
 */
export function loopbackAddress(scope: string, number: number): string {
  if (!hasLoopbackAddresses()) return '127.0.0.1'
  const start = createHash('sha256').update(scope).digest().readUInt32BE(0)
  const index = ((start + number) % ADDRESSES) + 1
  return `127.${64 + (index >> 16)}.${(index >> 8) & 0xff}.${index & 0xff}`
}

export const hasLoopbackAddresses = (): boolean => process.platform === 'linux'
