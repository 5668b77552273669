import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6
type Network = [Address, number]

/** IPv4 within IPv6, as it was before RFC 4291: no public address, but some systems still connect to the IPv4 one. */
const IPV4_COMPATIBLE = ipaddr.parseCIDR('::/96')

/** Where webhooks may lead. */
export interface NetworkGuard {
  /** Why a URL can be none of a webhook; undefined when it can. Names are looked at when they are resolved. */
  complaint(url: string): string | undefined
  /** Whether an address may be connected to: a public one, or one of `webhooks.allowed_networks`. */
  allows(address: string): boolean
}

export interface NetworkGuardOptions {
  readonly allowHttp: boolean
  /** In CIDR notation. */
  readonly allowedNetworks: readonly string[]
}

/** Throws `TypeError` for a network that is none. */
export function createNetworkGuard({ allowHttp, allowedNetworks }: NetworkGuardOptions): NetworkGuard {
  const networks = allowedNetworks.map(parseNetwork)

  function allows(text: string): boolean {
    if (!ipaddr.isValid(text)) return false
    // An IPv4 address in the clothes of an IPv6 one is judged as what it is.
    const address = ipaddr.process(text)
    if (networks.some((network) => isIn(address, network))) return true
    return address.range() === 'unicast' && !isIn(address, IPV4_COMPATIBLE)
  }

  return {
    allows,
    complaint(text) {
      if (!URL.canParse(text)) return 'is not a URL; expected e.g. https://example.com/hooks'
      const url = new URL(text)
      if (url.protocol === 'http:' && !allowHttp) {
        return 'must begin with https://; the setting webhooks.allow_http allows http, for development'
      }
      if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https://'
      if (url.username !== '' || url.password !== '') {
        return 'must hold no user and no password; deliveries are signed, check their signature instead'
      }
      const host = url.hostname.replace(/^\[|\]$/g, '')
      if (ipaddr.isValid(host) && !allows(host)) return forbiddenAddress(host)
      return undefined
    },
  }
}

export function forbiddenAddress(address: string): string {
  return `${address} is no public address; the setting webhooks.allowed_networks allows a network of your own`
}

function parseNetwork(text: string): Network {
  if (!ipaddr.isValidCIDR(text)) {
    throw new TypeError(
      `webhooks.allowed_networks: ${JSON.stringify(text)} is no network; expected e.g. 10.0.0.0/8 or ::1/128`,
    )
  }
  return ipaddr.parseCIDR(text)
}

function isIn(address: Address, [network, prefix]: Network): boolean {
  if (address instanceof ipaddr.IPv4) return network instanceof ipaddr.IPv4 && address.match(network, prefix)
  return network instanceof ipaddr.IPv6 && address.match(network, prefix)
}
