import { describe, expect, it } from 'vitest'
import { FARGATE } from './__fixtures__/ecs-configs.ts'
import { resolveTarget } from './resolve-target.ts'

const acme = { tenantId: 'acme', installation: 'prod' }
const role_arn = 'arn:aws:iam::000000000000:role/landlord'

describe('resolveTarget', () => {
  it('reads the place from the cluster and the name from the tenant', () => {
    expect(resolveTarget(FARGATE, acme)).toEqual({
      partition: 'aws',
      accountId: '000000000000',
      region: 'us-east-1',
      clusterArn: FARGATE.cluster_arn,
      clusterName: 'fleet',
      serviceName: 'landlord-tenant-acme',
    })
  })

  it.each([
    ['Ab_9-x', 'shop-Ab_9-x'],
    ['a.b/c@d e', /^shop-a-b-c-d-e-[0-9a-f]{12}$/],
    ['ü', /^shop-[0-9a-f]{12}$/],
    ['x'.repeat(300), /^shop-x{237}-[0-9a-f]{12}$/],
  ])('gives tenant %s a name that ECS takes', (tenantId, name) => {
    const { serviceName } = resolveTarget({ ...FARGATE, service_name_prefix: 'shop-' }, { ...acme, tenantId })
    expect(serviceName).toMatch(typeof name === 'string' ? new RegExp(`^${name}$`) : name)
    expect(serviceName).toMatch(/^[A-Za-z0-9_-]{1,255}$/)
  })

  it('gives two tenants two names, also with the longest prefix', () => {
    const config = { ...FARGATE, service_name_prefix: 'p'.repeat(200) }
    const names = ['a.b', 'a-b', 'a b', 'x'.repeat(300), `${'x'.repeat(299)}y`].map(
      (tenantId) => resolveTarget(config, { ...acme, tenantId }).serviceName,
    )
    expect(new Set(names).size).toBe(names.length)
    expect(Math.max(...names.map(({ length }) => length))).toBeLessThanOrEqual(255)
  })

  it('takes a whole name as it is', () => {
    expect(resolveTarget({ ...FARGATE, service_name: 'shop' }, acme).serviceName).toBe('shop')
  })

  it('names installation and tenant in the session, within the rules of STS', () => {
    const session = (tenantId: string) =>
      resolveTarget({ ...FARGATE, assume_role: { role_arn, external_id: 'x1' } }, { ...acme, tenantId }).role
    expect(session('acme')).toEqual({ role_arn, external_id: 'x1', session_name: 'landlord-prod-acme' })
    const names = ['a b', 'a/b', 'z'.repeat(100), `${'z'.repeat(99)}y`].map((id) => session(id)?.session_name ?? '')
    for (const name of names) expect(name).toMatch(/^landlord-prod-[\w+=,.@-]{1,50}$/)
    expect(new Set(names).size).toBe(names.length)
    const own = { role_arn, session_name: 'me' }
    expect(resolveTarget({ ...FARGATE, assume_role: own }, acme).role).toEqual(own)
  })
})
