import { isIP } from 'node:net'
import type { LandlordSettings } from '@landlord/settings'
import { ServerSettingsError } from '../server-settings-error.ts'

/** Throws `ServerSettingsError` for a server that others can reach unguarded, or whose tokens others could read on the way. */
export function checkExposure({ server, access }: Pick<LandlordSettings, 'server' | 'access'>): void {
  for (const proxy of server.trusted_proxies) assertAddress(proxy)
  if (access.oidc !== undefined) assertIssuer(access.oidc.issuer, access.mode)
  if (isLoopback(server.host)) return
  const host = `server.host is ${JSON.stringify(server.host)}`
  // Without access control, whoever reaches the server owns every tenant.
  if (access.mode === 'none') {
    throw new ServerSettingsError({
      keys: ['server.host', 'access.mode'],
      message: `${host}, but without access control the server listens on loopback only: use 127.0.0.1, ::1 or localhost, or set access.mode to "required" and make a first token with \`landlord-server token create\``,
    })
  }
  if (server.tls !== undefined || server.trusted_proxies.length > 0) return
  throw new ServerSettingsError({
    keys: ['server.host', 'server.tls', 'server.trusted_proxies'],
    message: `${host}, and tokens sent there over plain HTTP can be read on the way: set server.tls.cert_file and server.tls.key_file, or, behind proxies that speak HTTPS, their addresses in server.trusted_proxies`,
  })
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function assertAddress(proxy: string): void {
  const [address = '', length, ...rest] = proxy.split('/')
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  const isGood =
    most > 0 && rest.length === 0 && (length === undefined || (/^\d+$/.test(length) && Number(length) <= most))
  if (isGood) return
  throw new ServerSettingsError({
    keys: ['server.trusted_proxies'],
    message: `server.trusted_proxies: ${JSON.stringify(proxy)} is neither an address nor a CIDR block such as 10.0.0.0/8`,
  })
}

function assertIssuer(issuer: string, mode: LandlordSettings['access']['mode']): void {
  if (mode === 'none') {
    throw new ServerSettingsError({
      keys: ['access.oidc', 'access.mode'],
      message:
        'access.oidc is set, but with access.mode "none" nobody is asked for a token; set access.mode to "required"',
    })
  }
  const { protocol, hostname } = new URL(issuer)
  if (protocol === 'https:' || isLoopback(hostname.replace(/^\[|\]$/g, ''))) return
  throw new ServerSettingsError({
    keys: ['access.oidc.issuer'],
    message: `access.oidc.issuer is ${issuer}, but keys that come over plain HTTP can be exchanged on the way; use its https:// address`,
  })
}
