import type { JsonSchema } from '@landlord/compute-core'
import { list, object, text } from './schema-parts.ts'

const percent = (description: string, minimum: number, maximum: number, fallback: number): JsonSchema => ({
  type: 'integer',
  minimum,
  maximum,
  default: fallback,
  description: `${description}, in per cent of desired_count. Default ${fallback}.`,
})

const enable = (description: string, fallback?: boolean): JsonSchema => ({
  type: 'boolean',
  ...(fallback === undefined ? {} : { default: fallback }),
  description,
})

const rollback = enable('Goes back to the last deployment that worked. Default: as on_failed_update says.')

export const deploymentSchema: JsonSchema = object('How a new deployment takes over.', {
  minimum_healthy_percent: percent('How many tasks stay running meanwhile, rounded up', 0, 100, 100),
  maximum_percent: percent('How many tasks may exist meanwhile, rounded down', 100, 1000, 200),
  circuit_breaker: object(
    'Gives up on a deployment whose tasks keep failing. Default: on, with rollback as on_failed_update says.',
    { enable: enable('False: ECS tries for ever.'), rollback },
    ['enable'],
  ),
  alarms: object(
    'CloudWatch alarms that fail a deployment. Default: none.',
    {
      names: list('Names of alarms of the cluster’s region.', text('An alarm’s name.', { minLength: 1 }), {
        minItems: 1,
        uniqueItems: true,
      }),
      enable: enable('Default true.', true),
      rollback,
    },
    ['names'],
  ),
})
