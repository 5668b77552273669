import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import bs58 from 'bs58'

/** The key pair by which the worker knows its engine. */
export interface RequestIdentity {
  /** PKCS #8, for the engine. */
  readonly privateKeyPem: string
  /** `publickeyv1_…`, for `workflow.identity_keys`. */
  readonly publicKey: string
}

const RAW_KEY_BYTES = 32
const PUBLIC_KEY_PREFIX = 'publickeyv1_'

export function generateRequestIdentity(): RequestIdentity {
  const { privateKey } = generateKeyPairSync('ed25519')
  return toRequestIdentity(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
}

/** Throws when `privateKeyPem` is not an Ed25519 private key. */
export function toRequestIdentity(privateKeyPem: string): RequestIdentity {
  const key = createPublicKey(privateKeyPem)
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new TypeError(`a request identity is an Ed25519 key, this is ${key.asymmetricKeyType ?? 'something else'}`)
  }
  // The raw key is the tail of its DER form (RFC 8410).
  const raw = key.export({ type: 'spki', format: 'der' }).subarray(-RAW_KEY_BYTES)
  return { privateKeyPem, publicKey: `${PUBLIC_KEY_PREFIX}${bs58.encode(raw)}` }
}

export function isPublicKey(text: string): boolean {
  if (!text.startsWith(PUBLIC_KEY_PREFIX)) return false
  return bs58.decodeUnsafe(text.slice(PUBLIC_KEY_PREFIX.length))?.length === RAW_KEY_BYTES
}
