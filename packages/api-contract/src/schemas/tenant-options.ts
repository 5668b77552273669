import { type Static, Type } from 'typebox'
import { DriftIgnore, DriftPolicy } from './drift.ts'
import { Timestamp } from './names.ts'

export const EXPIRY_ACTIONS = ['archive', 'delete'] as const
export const ExpiryAction = Type.Enum([...EXPIRY_ACTIONS], {
  description: 'What happens when it expires. Default `archive`: the record stays.',
})
export type ExpiryAction = Static<typeof ExpiryAction>

/** Ten years. */
const MAX_TTL_SECONDS = 315_360_000

const DeletionProtection = Type.Boolean({
  description: 'Refuses to archive and to delete it, also when it expires. Default false.',
})
const ExpiresAt = Type.String({
  format: 'date-time',
  description:
    'When it is archived or deleted by itself, ISO 8601; a day before there is an event. Not with `ttl_seconds`.',
})
const TtlSeconds = Type.Integer({
  minimum: 1,
  maximum: MAX_TTL_SECONDS,
  description:
    'The same as `expires_at`, counted from when it is accepted: by a POST or PUT once, by a PATCH each time. Not with `expires_at`.',
})

/** What a client may want of a tenant besides its compute configuration, and no provider sees. */
export const optionFields = {
  deletion_protection: Type.Optional(DeletionProtection),
  expires_at: Type.Optional(ExpiresAt),
  ttl_seconds: Type.Optional(TtlSeconds),
  expiry_action: Type.Optional(ExpiryAction),
  drift_policy: Type.Optional(DriftPolicy),
  drift_ignore: Type.Optional(DriftIgnore),
}

const removable = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) =>
  Type.Optional(Type.Union([schema, Type.Null()]))

/** The same in a merge patch: `null` goes back to the default; for `expires_at` and `ttl_seconds`, never to expire. */
export const optionPatchFields = {
  deletion_protection: removable(DeletionProtection),
  expires_at: removable(ExpiresAt),
  ttl_seconds: removable(TtlSeconds),
  expiry_action: removable(ExpiryAction),
  drift_policy: removable(DriftPolicy),
  drift_ignore: removable(DriftIgnore),
}

/** As a tenant shows them. Optional, because a server from before they existed leaves them out. */
export const shownOptionFields = {
  deletion_protection: Type.Optional(DeletionProtection),
  expires_at: Type.Optional({ ...Timestamp, description: 'When it expires; absent when it never does.' }),
  expiry_action: Type.Optional(ExpiryAction),
  drift_policy: Type.Optional(DriftPolicy),
  drift_ignore: Type.Optional(DriftIgnore),
}
