import { describe, expect, it } from 'vitest'
import { echoService } from './__fixtures__/echo-service.ts'
import { desired, FARGATE } from './__fixtures__/ecs-configs.ts'
import type { EcsConfig } from './ecs-config.ts'
import { observedConfig } from './observed-config.ts'
import { toCreateServiceInput } from './to-create-service-input.ts'

const ACCEPTED: Partial<EcsConfig> = {
  subnets: ['subnet-2', 'subnet-1'],
  desired_count: 2,
  deployment: { maximum_percent: 150, minimum_healthy_percent: 50 },
  tags: { team: 'a', tier: 'pro' },
  force_delete: false,
}
const wanted = desired(ACCEPTED)
const service = echoService(toCreateServiceInput(wanted, { clientToken: 't' }))

describe('observedConfig', () => {
  it('is the accepted configuration, word for word, where nothing has drifted', () => {
    expect(observedConfig(service, wanted)).toEqual({ ...FARGATE, ...ACCEPTED })
  })

  it('shows exactly what has', () => {
    const drifted = {
      ...service,
      desiredCount: 5,
      enableExecuteCommand: true,
      deploymentConfiguration: { ...service.deploymentConfiguration, maximumPercent: 200 },
      tags: (service.tags ?? []).flatMap((tag) =>
        tag.key === 'team' ? [] : tag.key === 'tier' ? [{ ...tag, value: 'free' }] : [tag],
      ),
    }
    expect(observedConfig(drifted, wanted)).toEqual({
      ...FARGATE,
      ...ACCEPTED,
      desired_count: 5,
      enable_execute_command: true,
      deployment: { ...ACCEPTED.deployment, maximum_percent: 200 },
      tags: { tier: 'free' },
    })
  })

  it('does not take labels and tags of others for drift', () => {
    const labelled = echoService(
      toCreateServiceInput(desired(ACCEPTED, { labels: { plan: 'x' } }), { clientToken: 't' }),
    )
    const tags = [...(labelled.tags ?? []), { key: 'billing', value: 'y' }]
    expect(observedConfig({ ...labelled, tags }, wanted)).toEqual({ ...FARGATE, ...ACCEPTED })
  })

  it('is not changed by a suspension', () => {
    const suspended = toCreateServiceInput(desired(ACCEPTED, { suspended: true }), { clientToken: 't' })
    expect(observedConfig(echoService(suspended), wanted)).toEqual({ ...FARGATE, ...ACCEPTED })
  })
})
