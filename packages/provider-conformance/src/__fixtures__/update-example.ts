import {
  diffConfig,
  diffSecrets,
  fingerprintsOf,
  type OperationOptions,
  resolveSecrets,
  type TenantComputeSpec,
  type TenantRef,
  throwIfAborted,
  type UpdateResult,
} from '@landlord/compute-core'
import { type ExampleScope, findInstance, notFound } from './example-scope.ts'
import type { ExampleResource } from './example-target.ts'
import { exampleSchema, validateExampleSpec } from './example-validation.ts'
import { provisionExample, toInstance } from './provision-example.ts'

export async function updateExample(
  scope: ExampleScope,
  { tenantId }: TenantRef,
  spec: TenantComputeSpec,
  options: OperationOptions,
): Promise<UpdateResult> {
  const { signal } = options
  throwIfAborted(signal)
  validateExampleSpec(spec, scope.capabilities)
  const name = scope.nameOf(tenantId)
  const foreign = scope.has('updates what is foreign') ? scope.target.resources.get(`instance/${name}`) : undefined
  const live = (await findInstance(scope, tenantId, signal)) ?? foreign
  if (live === undefined) {
    if (!scope.has('updates into existence')) throw notFound(tenantId)
    await provisionExample(scope, spec, options)
    return { status: 'in_progress', changes: [], resourceIds: { name } }
  }
  const secrets = scope.has('does not update a secret') ? undefined : await resolveSecrets(spec, options)
  const changes = [
    ...diffConfig(live.config, spec.providerConfig, { schema: exampleSchema }),
    ...(secrets === undefined ? [] : diffSecrets(live.secrets, secrets)),
  ]
  const resourceIds = { name }
  if (isSame(scope, live, spec, changes.length)) {
    if (scope.has('writes what is there already')) scope.target.writes += 1
    return { status: 'no_changes', changes: [], resourceIds }
  }
  await write(scope, { ...live, secrets: secrets === undefined ? live.secrets : fingerprintsOf(secrets) }, spec, signal)
  const extra = { path: '/unchanged', effect: 'none' as const }
  return {
    status: 'in_progress',
    changes: scope.has('reports a change too many') && changes.length > 0 ? [...changes, extra] : changes,
    resourceIds,
  }
}

function isSame(scope: ExampleScope, live: ExampleResource, spec: TenantComputeSpec, differences: number): boolean {
  const suspended = (spec.suspended ?? false) && !scope.has('does not suspend')
  const token = spec.restartToken
  const restart = token !== undefined && (token !== live.restartToken || scope.has('restarts each time'))
  const same = scope.has('believes its own mark')
    ? live.labels.applied === markOf(spec) || (live.labels.applied === undefined && differences === 0)
    : differences === 0
  return same && !restart && live.suspended === suspended
}

async function write(
  scope: ExampleScope,
  live: ExampleResource,
  spec: TenantComputeSpec,
  signal: AbortSignal,
): Promise<void> {
  const { connection } = scope
  const labels = { ...scope.marks(spec.tenantId), applied: markOf(spec) }
  if (scope.has('believes its own mark')) await connection.put({ ...live, labels }, signal)
  const changed = !scope.has('reports a change and makes none')
  await connection.put(
    {
      ...toInstance(spec, live.name, labels),
      ...(changed ? {} : { config: live.config }),
      restartToken: spec.restartToken ?? live.restartToken,
      secrets: live.secrets,
      suspended: (spec.suspended ?? false) && !scope.has('does not suspend'),
      served: true,
    },
    signal,
  )
  if (scope.has('leaves the old instance')) await connection.put({ ...live, name: `${live.name}--old` }, signal)
}

function markOf(spec: TenantComputeSpec): string {
  return JSON.stringify([spec.providerConfig, spec.suspended ?? false])
}
