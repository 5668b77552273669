import { type LookupAddress, lookup as resolve } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector } from 'undici'
import { forbiddenAddress, type NetworkGuard } from './network-guard.ts'

const CONNECT_TIMEOUT_MS = 10_000
const KEEP_ALIVE_MS = 10_000

/** Connecting there is not allowed. */
class ForbiddenAddressError extends Error {
  constructor(address: string, host: string) {
    super(address === host ? forbiddenAddress(address) : `${host} leads to ${forbiddenAddress(address)}`)
    this.name = 'ForbiddenAddressError'
  }
}

/**
 * Connects to allowed addresses only. It judges the very address that the connection then goes to: a name that leads elsewhere
 * the next moment gains nothing. `connections`: most to one endpoint at once; what has none waits, and its time runs.
 */
export function createGuardedAgent(guard: NetworkGuard, connections: number): Agent {
  const connect = buildConnector({ timeout: CONNECT_TIMEOUT_MS, lookup: guardedLookup(guard) })
  return new Agent({
    connections,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connect(options, callback) {
      // Addresses are not looked up.
      const host = options.hostname.replace(/^\[|\]$/g, '')
      if (isIP(host) === 0 || guard.allows(host)) connect(options, callback)
      else callback(new ForbiddenAddressError(host, host), null)
    },
  })
}

function guardedLookup(guard: NetworkGuard): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error !== null) return callback(error, '')
      const allowed = addresses.filter(({ address }) => guard.allows(address))
      const [first] = allowed
      if (first === undefined) return callback(new ForbiddenAddressError(addresses[0]?.address ?? '', hostname), '')
      if (options.all === true) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}
