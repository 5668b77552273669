import {
  type DestroyResult,
  type OperationOptions,
  readOwnership,
  type TenantRef,
  throwIfAborted,
} from '@landlord/compute-core'
import { type ExampleScope, notFound } from './example-scope.ts'
import { keyOf } from './example-target.ts'

export async function destroyExample(
  scope: ExampleScope,
  { tenantId }: TenantRef,
  { signal }: OperationOptions,
): Promise<DestroyResult> {
  throwIfAborted(signal)
  if (scope.has('keeps its tenants in memory') && !scope.known.has(tenantId)) {
    if (scope.condition === 'live') return { status: 'destroyed', resourceIds: {} }
  }
  const name = scope.nameOf(tenantId)
  let removed = 0
  for (const kind of ['instance', 'network'] as const) {
    const resource = await scope.connection.find(`${kind}/${name}`, signal)
    if (resource === undefined) continue
    if (!scope.isOurs(resource, tenantId) && !destroysForeign(scope, kind)) continue
    if (kind === 'network' && scope.has('forgets the network')) continue
    await scope.connection.remove(keyOf(resource), signal)
    removed += 1
  }
  if (scope.has('removes what other installations have')) await removeOthers(scope, signal)
  if (removed === 0 && scope.has('writes to destroy nothing')) scope.target.writes += 1
  if (removed === 0 && scope.has('destroys once')) throw notFound(tenantId)
  return { status: 'destroyed', resourceIds: {} }
}

function destroysForeign(scope: ExampleScope, kind: 'instance' | 'network'): boolean {
  return scope.has('destroys what is foreign') || (kind === 'network' && scope.has('marks the instance only'))
}

async function removeOthers(scope: ExampleScope, signal: AbortSignal): Promise<void> {
  for (const resource of await scope.connection.list(signal)) {
    const ownership = readOwnership(resource.labels)
    if (ownership === undefined || ownership.installation === scope.installation) continue
    await scope.connection.remove(keyOf(resource), signal)
  }
}
