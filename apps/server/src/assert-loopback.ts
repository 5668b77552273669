import { isIP } from 'node:net'

/** Throws `TypeError` for an address that others can reach: without access control, whoever reaches the server owns it. */
export function assertLoopback(host: string): void {
  if (host === 'localhost' || host === '::1') return
  if (isIP(host) === 4 && host.startsWith('127.')) return
  throw new TypeError(
    `server.host is ${JSON.stringify(host)}, but without access control the server listens on loopback only: use 127.0.0.1, ::1 or localhost, and put an authenticating proxy in front of it for access from elsewhere`,
  )
}
