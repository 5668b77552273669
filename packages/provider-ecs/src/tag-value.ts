import { createHash } from 'node:crypto'

/** ECS API reference, Tag. The prefix is reserved for keys and values, in any case. */
export const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u
export const RESERVED_BY_AWS = /^aws:/i
export const MAX_TAG_KEY = 128
export const MAX_TAG_VALUE = 256

const BASE64 = 'base64:'
const HASH = 'sha256:'

/**
 * Any text as a tag's value: unchanged where it is one, else in base64, which `decodeTagValue` undoes; what is too long even
 * for that becomes a hash.
 */
export function encodeTagValue(value: string): string {
  // Blanks at the ends are allowed, but the tools around tags drop them.
  const plain = TAG_TEXT.test(value) && value.length <= MAX_TAG_VALUE && value.trim() === value
  if (plain && !RESERVED_BY_AWS.test(value) && !value.startsWith(BASE64) && !value.startsWith(HASH)) return value
  const encoded = BASE64 + Buffer.from(value).toString('base64')
  if (encoded.length <= MAX_TAG_VALUE) return encoded
  return HASH + createHash('sha256').update(value).digest('hex')
}

/** A hash stays as it is. */
export function decodeTagValue(value: string): string {
  return value.startsWith(BASE64) ? Buffer.from(value.slice(BASE64.length), 'base64').toString() : value
}
