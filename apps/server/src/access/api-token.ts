import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

const PREFIX = 'll_'
/** 256 bits; 43 characters of base62 hold 256.03. */
const SECRET_BYTES = 32
const SECRET_LENGTH = 43
/** The largest CRC-32 in base62. */
const CHECKSUM_LENGTH = 6
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const SHAPE = new RegExp(`^${PREFIX}[0-9A-Za-z]{${SECRET_LENGTH + CHECKSUM_LENGTH}}$`)

/**
 * A new token: `ll_`, 256 random bits, and a checksum by which scanners for leaked secrets tell it from other text (as
 * GitHub's tokens have it: https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/).
 */
export function makeToken(): string {
  const secret = base62(BigInt(`0x${randomBytes(SECRET_BYTES).toString('hex')}`), SECRET_LENGTH)
  return `${PREFIX}${secret}${checksumOf(secret)}`
}

/** Whether it says of itself that it is one of ours. */
export function isMeantAsToken(text: string): boolean {
  return text.startsWith(PREFIX)
}

/** Whether it can be a token at all: nothing is lost or mistyped. */
export function isWellFormed(token: string): boolean {
  if (!SHAPE.test(token)) return false
  const secret = token.slice(PREFIX.length, PREFIX.length + SECRET_LENGTH)
  return token.endsWith(checksumOf(secret))
}

/** By which a token is known. With 256 random bits in it, a plain hash gives nothing away. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

function checksumOf(secret: string): string {
  return base62(BigInt(crc32(secret)), CHECKSUM_LENGTH)
}

function base62(value: bigint, length: number): string {
  let text = ''
  for (let rest = value; rest > 0n; rest /= 62n) text = (DIGITS[Number(rest % 62n)] ?? '') + text
  return text.padStart(length, '0')
}
