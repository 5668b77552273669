import { isIP } from 'node:net'
import type { BackendSettings } from '../settings/backend-settings.ts'
import { UnguardedAddressError } from './listen-error.ts'

export type ListenAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }

/** Reads `addr`. Throws `UnguardedAddressError` for an address that others can reach unguarded. */
export function readListenAddress({
  addr,
  tls,
  token,
}: Pick<BackendSettings, 'addr' | 'tls' | 'token'>): ListenAddress {
  if (!addr.startsWith('tcp://')) return { kind: 'unix', path: addr.replace(/^unix:\/\//, '') }
  const [, host = '', port = ''] = /^tcp:\/\/(.+):(\d+)$/.exec(addr) ?? []
  const address = { kind: 'tcp' as const, host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
  if (isLoopback(address.host) || tls?.client_ca_file !== undefined) return address
  if (tls !== undefined && token !== undefined) return address
  // Whoever reaches a Docker API owns everything that the roles of its tasks may do.
  throw new UnguardedAddressError({
    message: `addr ${addr}: beyond loopback the backend listens only with TLS client certificates (tls.client_ca_file beside cert_file and key_file) or with TLS and a token; or use tcp://127.0.0.1:${port}`,
  })
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
