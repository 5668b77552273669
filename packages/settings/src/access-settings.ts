import { Type } from 'typebox'
import { section } from './settings-section.ts'

const scopeValues = (scope: string) =>
  Type.Array(Type.String({ minLength: 1 }), {
    default: [scope],
    description: `Values of the claim that stand for the scope \`${scope}\`.`,
  })

const oidc = Type.Object(
  {
    issuer: Type.String({
      pattern: '^https?://.+',
      description: 'Its `/.well-known/openid-configuration` tells where its keys are. HTTPS, except on loopback.',
    }),
    audience: Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      description: 'One of these must be in `aud`: what the issuer calls this installation.',
    }),
    scopes_claim: Type.String({
      minLength: 1,
      default: 'landlord_scopes',
      description: 'The claim that tells the scope: text with blanks, or a list. The widest counts.',
    }),
    scope_values: section(
      { read: scopeValues('read'), operate: scopeValues('operate'), admin: scopeValues('admin') },
      'What the values of that claim mean, e.g. `admin: [platform-team]` for a claim of groups.',
    ),
    selector_claim: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'The claim that holds a label selector, to which the holder is limited; `*` for all tenants. Once set, a token without it is refused.',
      }),
    ),
    algorithms: Type.Array(
      Type.Enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']),
      { minItems: 1, default: ['RS256', 'PS256', 'ES256', 'EdDSA'], description: 'Of signatures.' },
    ),
    clock_tolerance_seconds: Type.Integer({
      minimum: 0,
      maximum: 300,
      default: 30,
      description: "How far the issuer's clock may differ.",
    }),
  },
  { additionalProperties: false, description: 'Bearer tokens of an OpenID Connect issuer, beside API tokens.' },
)

const perMinute = (value: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 1_000_000, default: value, description })

export const access = section(
  {
    mode: Type.Enum(['none', 'required'], {
      default: 'none',
      description:
        '`none`: whoever reaches the server is an admin, so it stays on loopback. `required`: no call without a token.',
    }),
    oidc: Type.Optional(oidc),
    rate_limit: section(
      {
        requests_per_minute: perMinute(6000, 'Of one principal, at one server.'),
        refused_per_minute: perMinute(60, 'Of one address without a valid token, at one server.'),
      },
      'With `mode: required`. What is more is answered with 429.',
    ),
  },
  'Who may call the HTTP API.',
)
