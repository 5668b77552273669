import { type Static, Type } from 'typebox'

/** One secret of a tenant: where its value is, and never the value. The provider contract has the exact rules of both fields. */
export const TenantSecret = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 255, description: 'The environment variable that the tenant sees.' }),
    value_from: Type.String({
      pattern: '^(env|file|aws-secretsmanager|aws-ssm):',
      maxLength: 2048,
      description:
        'a reference, never the value itself: env:NAME (environment of the worker), file:/path (a file of the worker), aws-secretsmanager:ARN or aws-ssm:NAME-OR-ARN',
    }),
  },
  { additionalProperties: false },
)
export type TenantSecret = Static<typeof TenantSecret>

const MAX_SECRETS = 64

export const TenantSecrets = Type.Array(TenantSecret, {
  maxItems: MAX_SECRETS,
  description: `References to secrets, which the worker resolves when it applies them; at most ${MAX_SECRETS}. Only for providers with the capability \`secrets\`.`,
})
export type TenantSecrets = Static<typeof TenantSecrets>
