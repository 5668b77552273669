import {
  type Adoption,
  type AdoptionPlan,
  ConflictError,
  diffConfig,
  InvalidConfigError,
  mergeConfig,
  type OperationOptions,
  type ProvisionResult,
  type ReadOptions,
  readOwnership,
  type TenantComputeSpec,
  throwIfAborted,
} from '@landlord/compute-core'
import type { ExampleScope } from './example-scope.ts'
import { type ExampleResource, keyOf } from './example-target.ts'
import { exampleSchema } from './example-validation.ts'
import { toInstance } from './provision-example.ts'

/** Instances are adopted by their id. */
export async function planExampleAdoption(
  scope: ExampleScope,
  { tenantId, resource, providerConfig }: Adoption,
  { signal }: ReadOptions,
): Promise<AdoptionPlan> {
  const live = await findAdoptable(scope, { tenantId, resource, signal })
  if (scope.has('writes to plan an adoption')) scope.target.writes += 1
  const config = mergeConfig(live.config, providerConfig)
  return {
    resource: { kind: live.kind, id: live.id, name: live.name },
    config,
    steps: [`mark instance ${live.name}`],
    changes: diffConfig(live.config, config, { schema: exampleSchema }),
    warnings: [],
    fingerprint: live.id,
  }
}

export async function adoptExample(
  scope: ExampleScope,
  { spec, resource }: { readonly spec: TenantComputeSpec; readonly resource: string },
  { signal }: OperationOptions,
): Promise<ProvisionResult> {
  const { tenantId } = spec
  const name = scope.nameOf(tenantId)
  const live = await findAdoptable(scope, { tenantId, resource, signal })
  const result = { status: 'success' as const, resourceIds: { name } }
  const isOurs = scope.isOurs(live, tenantId) && live.name === name
  if (isOurs && !scope.has('adopts a second time')) return result
  const labels = scope.marks(tenantId)
  const { resources } = scope.target
  await scope.connection.put({ ...toInstance(spec, name, labels), kind: 'network' }, signal)
  resources.delete(keyOf(live))
  const id = scope.has('restarts what it adopts') ? `${live.id}-again` : live.id
  resources.set(`instance/${name}`, { ...live, id, name, labels, served: true })
  const isKept = scope.has('forgets what it has adopted')
  if (isKept) resources.set(`instance/${live.name}--kept`, { ...live, name: `${live.name}--kept` })
  return result
}

async function findAdoptable(
  scope: ExampleScope,
  {
    tenantId,
    resource,
    signal,
  }: { readonly tenantId: string; readonly resource: string; readonly signal: AbortSignal },
): Promise<ExampleResource> {
  throwIfAborted(signal)
  const all = await scope.connection.list(signal)
  const known = all.find(({ id }) => id === resource)
  const found = known ?? (scope.has('adopts what is not there') ? all[0] : undefined)
  if (found === undefined) {
    const issues = [{ path: '/resource', keyword: 'rule', message: `there is no instance ${resource}` }]
    throw new InvalidConfigError({ subject: 'adoption', issues })
  }
  const { name } = found
  const isFree = readOwnership(found.labels) === undefined || scope.isOurs(found, tenantId)
  if (isFree || scope.has('adopts what is of another tenant')) return found
  throw new ConflictError({ message: `instance ${name} is another tenant's`, details: { name } })
}
