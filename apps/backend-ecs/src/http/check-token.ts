import { createHash, timingSafeEqual } from 'node:crypto'
import { DockerError } from '../errors/docker-error.ts'

/** Throws 401 unless the header shows the token, or none is asked for. */
export function checkToken(header: string | undefined, token: string | undefined): void {
  if (token === undefined) return
  const given = /^Bearer (.+)$/i.exec(header ?? '')?.[1]
  // Hashes are of one length, which the comparison in constant time needs.
  if (given !== undefined && timingSafeEqual(hash(given), hash(token))) return
  throw new DockerError({
    status: 401,
    message:
      'this backend asks for a token: send "Authorization: Bearer <token>" (for the docker command line: HttpHeaders in its config.json)',
  })
}

const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
