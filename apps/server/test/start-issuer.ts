import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

/** An OpenID Connect issuer on loopback, with keys of its own. */
export interface TestIssuer {
  readonly url: string
  /** How often its keys were read. */
  readonly reads: () => number
  /** What its endpoints answer with instead, e.g. 500; undefined for the truth. */
  broken: number | undefined
  /** The public key, as PEM-like text: what an attacker has, too. */
  publicKeyText(): string
  /** Signed with the current key. Claims are those of a good token unless overridden; `undefined` leaves one out. */
  sign(claims?: Readonly<Record<string, unknown>>, header?: { readonly kid?: string }): Promise<string>
  /** A new key takes the place of the last one. */
  rotate(): Promise<void>
  close(): Promise<void>
}

export async function startIssuer(now: () => Date): Promise<TestIssuer> {
  let count = 0
  let reads = 0
  const makeKey = async () => {
    count += 1
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    return {
      kid: `key-${count}`,
      privateKey,
      jwk: { ...(await exportJWK(publicKey)), alg: 'ES256', kid: `key-${count}` },
    }
  }
  let key = await makeKey()
  const server = createServer((request, response) => {
    if (request.url === '/keys') reads += 1
    const answer =
      request.url === '/keys'
        ? { keys: [key.jwk] }
        : { issuer: issuer.url, jwks_uri: `${issuer.url}/keys`, authorization_endpoint: `${issuer.url}/authorize` }
    response.writeHead(issuer.broken ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer: TestIssuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reads: () => reads,
    broken: undefined,
    publicKeyText: () => JSON.stringify(key.jwk),
    async sign(claims = {}, header = {}) {
      const seconds = Math.floor(now().getTime() / 1000)
      const payload = { iss: issuer.url, aud: 'landlord', sub: 'ada', iat: seconds, exp: seconds + 600, ...claims }
      return await new SignJWT(payload)
        .setProtectedHeader({ alg: 'ES256', kid: key.kid, ...header })
        .sign(key.privateKey)
    },
    async rotate() {
      key = await makeKey()
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close').catch(() => {})
    },
  }
  return issuer
}
