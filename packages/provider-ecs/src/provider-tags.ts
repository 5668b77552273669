import { createHash } from 'node:crypto'
import type { Service } from '@aws-sdk/client-ecs'
import { type Ownership, RESERVED_KEY_PREFIX } from '@landlord/compute-core'
import { encodeTagValue } from './tag-value.ts'

export const PROVIDER_NAME = 'ecs'

/** What we note on a service beside the ownership marks. Never part of a user's diff. */
export const PROVIDER_TAGS = {
  /** A suspended service's size, to be restored. */
  suspendedCount: 'landlord.suspended_count',
  /** The last restart that was done, as `restartMark`. */
  restartToken: 'landlord.restart_token',
  /** A restart that was begun. */
  restarting: 'landlord.restarting',
  /** Which of the other tags are ours: a short hash of each key. Tags of others are never touched. */
  tagKeys: 'landlord.tag_keys',
} as const

/** AWS allows 50; 4 are ownership marks and 4 the notes above. */
export const MAX_USER_TAGS = 50 - 4 - Object.keys(PROVIDER_TAGS).length

/** 36 bits each: 42 of them fit into one tag's 256 characters, and a foreign key that looks like ours is a freak. */
const KEY_HASH_LENGTH = 6

export function readTags(service: Service): Readonly<Record<string, string>> {
  return Object.fromEntries((service.tags ?? []).map(({ key = '', value = '' }) => [key, value]))
}

/** The marks' values as tags can hold them, for `ownershipMarks` and `isOwnedBy`. */
export function serviceOwnership({ tenantId, installation }: Omit<Ownership, 'provider'>): Ownership {
  return {
    tenantId: encodeTagValue(tenantId),
    provider: PROVIDER_NAME,
    installation: encodeTagValue(installation),
  }
}

/** A restart token as a tag's value: any text is allowed in a token, not in a tag. */
export function restartMark(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 32)
}

export function isReservedTag(key: string): boolean {
  return key.toLowerCase().startsWith(RESERVED_KEY_PREFIX)
}

/** The value of `PROVIDER_TAGS.tagKeys` for these keys; undefined when there are none. */
export function noteTagKeys(keys: Iterable<string>): string | undefined {
  const hashes = [...keys].filter((key) => !isReservedTag(key)).map(keyHash)
  return hashes.length === 0 ? undefined : hashes.sort().join('')
}

/** Tells our keys from those of others by the note on the service. */
export function notedTagKeys(note: string | undefined): (key: string) => boolean {
  const hashes = new Set(note?.match(new RegExp(`.{${KEY_HASH_LENGTH}}`, 'g')))
  return (key) => hashes.has(keyHash(key))
}

// The digits of base64 are among a tag's characters.
function keyHash(key: string): string {
  return createHash('sha256').update(key).digest('base64').slice(0, KEY_HASH_LENGTH)
}
