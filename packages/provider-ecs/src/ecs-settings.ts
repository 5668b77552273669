import {
  createConfigValidator,
  InvalidConfigError,
  isJsonObject,
  type JsonObject,
  type JsonSchema,
  type ValidationIssue,
} from '@landlord/compute-core'
import { tenantProperties } from './ecs-config-schema.ts'
import { PUBLISHED_REQUEST_RATES, type RequestRateOverrides } from './request-rates.ts'
import { list, object, text } from './schema-parts.ts'

/** What the operator of an installation decides; a tenant's configuration cannot hold these keys. */
export interface EcsSettings {
  /** For every AWS service. Absent: what the environment says, else AWS. */
  readonly endpoint_url?: string
  /** For whoever makes the credentials. */
  readonly profile?: string
  readonly request_rate_share: number
  readonly request_rates?: RequestRateOverrides
  readonly consistency_window_seconds: number
  readonly status_cache_seconds: number
  /** Where `listOwned` looks, beside the default `cluster_arn`. */
  readonly clusters: readonly string[]
  /** Absent: any that the credentials reach. */
  readonly allowed_clusters?: readonly string[]
  readonly allowed_role_arns: readonly string[]
}

const DEFAULT_SETTINGS: EcsSettings = {
  request_rate_share: 0.9,
  consistency_window_seconds: 120,
  status_cache_seconds: 2,
  clusters: [],
  allowed_role_arns: [],
}

const requestRate = object(
  'One token bucket.',
  {
    burst: { type: 'number', minimum: 1, description: 'Requests at once, after a pause.' },
    per_second: { type: 'number', exclusiveMinimum: 0, description: 'Requests per second in the long run.' },
  },
  ['burst', 'per_second'],
)

const seconds = (description: string, fallback: number): JsonSchema => ({
  type: 'number',
  minimum: 0,
  maximum: 3600,
  default: fallback,
  description: `${description}, in seconds. Default ${fallback}.`,
})

const operatorProperties: Readonly<Record<string, JsonSchema>> = {
  endpoint_url: text('The endpoint of every AWS service, e.g. of an emulator. Default: AWS_ENDPOINT_URL, then AWS.', {
    pattern: '^https?://[^\\s/]+(/\\S*)?$',
  }),
  profile: text('The profile of the AWS configuration to take credentials from. Default: the SDK’s default chain.', {
    minLength: 1,
  }),
  request_rate_share: {
    type: 'number',
    exclusiveMinimum: 0,
    maximum: 1,
    default: DEFAULT_SETTINGS.request_rate_share,
    description:
      'The part of the account’s request rates that one worker may use; several workers divide it. Default 0.9.',
  },
  request_rates: object(
    'The account’s request rates where AWS has raised or lowered them. Default: the published ones.',
    Object.fromEntries(Object.keys(PUBLISHED_REQUEST_RATES).map((bucket) => [bucket, requestRate])),
  ),
  consistency_window_seconds: seconds(
    'How long after a write "not found" is not believed, as reads of ECS lag behind',
    DEFAULT_SETTINGS.consistency_window_seconds,
  ),
  status_cache_seconds: seconds(
    'How old an answer about a service may be that a status is made of',
    DEFAULT_SETTINGS.status_cache_seconds,
  ),
  clusters: list(
    'Clusters to search for services without a tenant, beside the default cluster_arn. Default: none.',
    tenantProperties.cluster_arn as JsonSchema,
    { uniqueItems: true },
  ),
  allowed_clusters: list(
    'Clusters that tenants may use; "*" stands for any text. Default: any that the worker’s credentials reach.',
    text('An ARN or a pattern of ARNs.', { minLength: 1 }),
    { minItems: 1 },
  ),
  allowed_role_arns: list(
    'Roles that a tenant’s assume_role may name; "*" stands for any text, e.g. arn:aws:iam::*:role/landlord-*. Default: only the role of this block’s own assume_role.',
    text('An ARN or a pattern of ARNs.', { minLength: 1 }),
  ),
}

/** The `compute.ecs` block: the operator's settings beside defaults for the tenants' configuration. */
export const ecsSettingsSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'ECS provider settings',
  type: 'object',
  additionalProperties: false,
  properties: { ...operatorProperties, ...tenantProperties } as JsonSchema,
}

const validator = createConfigValidator(ecsSettingsSchema)

export interface ParsedEcsSettings {
  readonly settings: EcsSettings
  /** What is left for the tenants. */
  readonly defaults: JsonObject
}

/** Splits the block into both halves, each frozen. Throws `InvalidConfigError` with every issue. */
export function parseEcsSettings(block: JsonObject): ParsedEcsSettings {
  const issues = [...validator.issues(block), ...defaultIssues(block)]
  if (issues.length > 0) throw new InvalidConfigError({ subject: 'ecs settings', issues })
  const entries = Object.entries(structuredClone(block))
  const operator = Object.fromEntries(entries.filter(([key]) => Object.hasOwn(operatorProperties, key)))
  const defaults = Object.fromEntries(entries.filter(([key]) => !Object.hasOwn(operatorProperties, key)))
  const given = { ...DEFAULT_SETTINGS, ...(operator as Partial<EcsSettings>) }
  const settings = { ...given, allowed_role_arns: [...given.allowed_role_arns, ...ownRole(defaults)] }
  return { settings: Object.freeze(settings), defaults: Object.freeze(defaults) }
}

function ownRole({ assume_role }: JsonObject): string[] {
  return isJsonObject(assume_role) && typeof assume_role.role_arn === 'string' ? [assume_role.role_arn] : []
}

function defaultIssues(block: JsonObject): ValidationIssue[] {
  if (block.service_name === undefined) return []
  const message = 'would give every tenant the same service; use service_name_prefix here'
  return [{ path: '/service_name', keyword: 'rule', message }]
}
