import { createConfigValidator, InvalidConfigError, type JsonObject } from '@landlord/compute-core'
import { describe, expect, it } from 'vitest'
import { ecsConfigSchema } from './ecs-config-schema.ts'
import { ecsSettingsSchema, parseEcsSettings } from './ecs-settings.ts'

const refused = (block: JsonObject): string[] => {
  try {
    parseEcsSettings(block)
    return []
  } catch (error) {
    if (InvalidConfigError.isInstance(error)) return error.issues.map(({ path }) => path)
    throw error
  }
}

describe('parseEcsSettings', () => {
  it('splits the operator’s keys from the tenants’ defaults and fills in its own', () => {
    const role_arn = 'arn:aws:iam::000000000000:role/landlord'
    const { settings, defaults } = parseEcsSettings({
      endpoint_url: 'http://127.0.0.1:4510',
      request_rates: { services_write: { burst: 100, per_second: 10 } },
      subnets: ['subnet-1'],
      assume_role: { role_arn },
    })
    expect(settings).toEqual({
      endpoint_url: 'http://127.0.0.1:4510',
      request_rates: { services_write: { burst: 100, per_second: 10 } },
      request_rate_share: expect.closeTo(1, 0),
      consistency_window_seconds: 120,
      status_cache_seconds: 2,
      clusters: [],
      allowed_role_arns: [role_arn],
    })
    expect(defaults).toEqual({ subnets: ['subnet-1'], assume_role: { role_arn } })
    expect(Object.isFrozen(settings) && Object.isFrozen(defaults)).toBe(true)
  })

  it.each<[string, JsonObject, string]>([
    ['a misspelt key', { request_rate_shar: 1 }, '/request_rate_shar'],
    ['one service for every tenant', { service_name: 'shop' }, '/service_name'],
    ['more than the whole rate', { request_rate_share: 2 }, '/request_rate_share'],
    ['a bucket that there is not', { request_rates: { writes: { burst: 1, per_second: 1 } } }, '/request_rates/writes'],
    ['an endpoint without scheme', { endpoint_url: '127.0.0.1:4510' }, '/endpoint_url'],
    ['a default that no tenant may have', { desired_count: -1 }, '/desired_count'],
    ['a cluster by its name', { clusters: ['fleet'] }, '/clusters/0'],
  ])('refuses %s', (_, block, path) => {
    expect(refused(block)).toEqual([path])
  })
})

describe.each([
  ['tenants’', ecsConfigSchema],
  ['operator’s', ecsSettingsSchema],
])('the %s schema', (_, schema) => {
  it('is valid 2020-12', () => {
    expect(() => createConfigValidator(schema)).not.toThrow()
  })

  it('describes every key, with the default where there is one, and refuses unknown ones at every level', () => {
    const undescribed: string[] = []
    const visit = (node: JsonObject, path: string): void => {
      if (path !== '' && typeof node.description !== 'string') undescribed.push(path)
      if ('default' in node && !String(node.description).includes('efault')) undescribed.push(`${path} (default)`)
      if (node.properties !== undefined && node.additionalProperties !== false) undescribed.push(`${path} (open)`)
      for (const [key, value] of Object.entries((node.properties ?? {}) as JsonObject))
        visit(value as JsonObject, `${path}/${key}`)
      for (const key of ['items', 'additionalProperties']) {
        const inner = node[key]
        if (typeof inner === 'object' && inner !== null) visit(inner as JsonObject, `${path}/${key}`)
      }
    }
    visit(schema, '')
    expect(undescribed).toEqual([])
  })
})
