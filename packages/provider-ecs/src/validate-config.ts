import {
  createConfigValidator,
  InvalidConfigError,
  InvalidSpecError,
  type TenantComputeSpec,
  validateSpec,
} from '@landlord/compute-core'
import { ecsCapabilities } from './ecs-capabilities.ts'
import type { EcsConfig } from './ecs-config.ts'
import { ecsConfigSchema } from './ecs-config-schema.ts'
import type { EcsSettings } from './ecs-settings.ts'
import { MAX_USER_TAGS, PROVIDER_NAME } from './provider-tags.ts'
import { deploymentRules } from './rules/deployment-rules.ts'
import { discoveryRules } from './rules/discovery-rules.ts'
import { placeRules } from './rules/place-rules.ts'
import { placementRules } from './rules/placement-rules.ts'
import type { Rule } from './rules/rule.ts'
import { tagIssues, tagRules } from './rules/tag-rules.ts'

export interface ValidationContext {
  readonly settings: EcsSettings
  readonly installation: string
  /** Whether credentials of other roles can be had. */
  readonly canAssumeRole: boolean
}

const validator = createConfigValidator(ecsConfigSchema)
const RULES: readonly Rule[] = [placeRules, placementRules, deploymentRules, discoveryRules, tagRules]

/**
 * Everything that can be known without a call to AWS. Throws `InvalidConfigError` with every issue: of the schema, and once
 * that holds, of the rules between keys and the operator's limits.
 */
export function validateEcsConfig(config: unknown, context: ValidationContext): EcsConfig {
  const issues = validator.issues(config)
  if (issues.length === 0) issues.push(...RULES.flatMap((rule) => rule(config as EcsConfig, context)))
  if (issues.length > 0) throw new InvalidConfigError({ subject: 'ecs configuration', issues })
  return config as EcsConfig
}

/**
 * Validates a whole spec and gives the configuration that it asks for. A container, resources and networking in the spec
 * have no say: the task definition is what runs. Its labels become tags: throws `InvalidSpecError` for those that cannot.
 */
export function validateEcsSpec(spec: TenantComputeSpec, context: ValidationContext): EcsConfig {
  validateSpec(spec, { name: PROVIDER_NAME, capabilities: ecsCapabilities })
  const config = validateEcsConfig(spec.providerConfig, context)
  const labels = spec.labels ?? {}
  const issues = tagIssues(labels, '/labels')
  const count = Object.keys({ ...labels, ...config.tags }).length
  if (count > MAX_USER_TAGS) {
    const message = `and the tags of the configuration make ${count} tags of the service; AWS leaves room for ${MAX_USER_TAGS}`
    issues.push({ path: '/labels', keyword: 'rule', message })
  }
  if (issues.length > 0) throw new InvalidSpecError({ issues })
  return config
}
