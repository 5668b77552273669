import { type Static, Type } from 'typebox'
import { Timestamp } from './names.ts'

/** From the narrowest to the widest; each includes those before it. */
export const SCOPES = ['read', 'operate', 'admin'] as const
export const Scope = Type.Enum([...SCOPES], {
  description: '`read` looks, `operate` also changes tenants, `admin` also decides who may do what.',
})
export type Scope = Static<typeof Scope>

/** Who may call a route: everybody, workers with their own token, or whoever holds the scope. */
export type RouteAccess = 'open' | 'worker' | Scope

const TokenName = Type.String({
  pattern: '^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$',
  description:
    'For people and the audit trail: lower-case letters, digits, dots, dashes and underscores, 1 to 63 characters, beginning and ending with a letter or digit.',
})

export const TokenReference = Type.String({
  minLength: 1,
  maxLength: 63,
  description: 'Id of the token, or its name while it is not revoked.',
})

const LabelSelector = Type.String({
  maxLength: 4096,
  description: 'To it no tenant exists but those whose labels fit, e.g. `tier=pro`. Absent: all.',
})

const newTokenFields = {
  id: Type.String({ format: 'uuid' }),
  name: TokenName,
  scope: Scope,
  label_selector: Type.Optional(LabelSelector),
  created_by: Type.String(),
  created_at: Timestamp,
  expires_at: Type.Optional(Timestamp),
}

export const ApiToken = Type.Object(
  {
    ...newTokenFields,
    last_used_at: Type.Optional(Type.String({ format: 'date-time', description: 'To the minute.' })),
    revoked_at: Type.Optional(Timestamp),
    revoked_by: Type.Optional(Type.String()),
  },
  { $id: 'ApiToken', description: 'What is kept of a token; the token itself is not.' },
)
export type ApiToken = Static<typeof ApiToken>

export const CreatedToken = Type.Object(
  { ...newTokenFields, token: Type.String({ description: 'The token, `ll_…`. Shown this once.' }) },
  { $id: 'CreatedToken' },
)
export type CreatedToken = Static<typeof CreatedToken>

/** A hundred years. */
const LONGEST_TTL_SECONDS = 3_155_760_000

export const CreateTokenRequest = Type.Object(
  {
    name: TokenName,
    scope: Scope,
    label_selector: Type.Optional(LabelSelector),
    expires_at: Type.Optional(Timestamp),
    ttl_seconds: Type.Optional(
      Type.Integer({
        minimum: 60,
        maximum: LONGEST_TTL_SECONDS,
        description: 'Expires so long after its creation; in place of `expires_at`. With neither, it does not expire.',
      }),
    ),
  },
  {
    $id: 'CreateTokenRequest',
    additionalProperties: false,
    description:
      'Never wider than whoever asks: their selector is added, and they cannot give more scope or time than they have.',
  },
)
export type CreateTokenRequest = Static<typeof CreateTokenRequest>

export const ListTokensQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
    cursor: Type.Optional(Type.String({ description: '`next_cursor` of the page before.' })),
    include_revoked: Type.Optional(Type.Boolean({ description: 'Default false.' })),
  },
  { additionalProperties: false },
)
export type ListTokensQuery = Static<typeof ListTokensQuery>

export const TokenList = Type.Object(
  { tokens: Type.Array(ApiToken), next_cursor: Type.Optional(Type.String()) },
  { $id: 'TokenList' },
)
export type TokenList = Static<typeof TokenList>
