import {
  type ComputeProvider,
  ConflictError,
  diffConfig,
  isOwnedBy,
  type LogLine,
  type OwnedResource,
  ownershipMarks,
  type ProviderCapabilities,
  type ReadLogsOptions,
  type ReadOptions,
  readOwnership,
  type TenantComputeSpec,
  TenantNotFoundError,
  throwIfAborted,
} from '@landlord/compute-core'
import type { TargetCondition } from '../conformance-harness.ts'
import type { Defect } from './defect.ts'
import { destroyExample } from './destroy-example.ts'
import { exampleName } from './example-name.ts'
import { connect, type ExampleConnection, type ExampleResource, type ExampleTarget, keyOf } from './example-target.ts'
import { exampleSchema, validateExampleConfig, validateExampleSpec } from './example-validation.ts'
import { provisionExample } from './provision-example.ts'
import { toExampleStatus } from './to-example-status.ts'
import { updateExample } from './update-example.ts'

export interface ExampleSettings {
  readonly installation: string
  readonly target: ExampleTarget
  readonly condition: TargetCondition
  readonly capabilities: ProviderCapabilities
  readonly defect: Defect | undefined
}

/** What the operations share. */
export interface ExampleScope extends ExampleSettings {
  readonly connection: ExampleConnection
  /** Tenants that this instance has provisioned, for the provider that relies on it. */
  readonly known: Set<string>
  /** The last spec, for the provider that shares it between calls. */
  last: TenantComputeSpec | undefined
  has(defect: Defect): boolean
  nameOf(tenantId: string): string
  marks(tenantId: string): Record<string, string>
  isOurs(resource: ExampleResource | undefined, tenantId: string): resource is ExampleResource
}

/** A small provider without a fault, or with the one that it is asked for. */
export function createExampleProvider(settings: ExampleSettings): Required<ComputeProvider> {
  const scope = openScope(settings)
  const { target, capabilities } = scope
  const validate = (spec: TenantComputeSpec) => validateExampleSpec(spec, capabilities)
  return {
    specificationVersion: 'v1',
    name: 'example',
    capabilities,
    configSchema: exampleSchema,
    configDefaults: { size: 1 },
    validateConfig: validateExampleConfig,
    validate,
    provision: (spec, options) => provisionExample(scope, spec, options),
    update: (tenant, spec, options) => updateExample(scope, tenant, spec, options),
    destroy: (tenant, options) => destroyExample(scope, tenant, options),
    async getStatus({ tenantId }, options) {
      const instance = await findInstance(scope, tenantId, options.signal)
      if (instance === undefined) throw notFound(tenantId)
      const looks = (target.looks.get(keyOf(instance)) ?? 0) + 1
      target.looks.set(keyOf(instance), looks)
      return toExampleStatus(scope, instance, looks)
    },
    async plan({ tenantId }, spec, options) {
      const instance = await findInstance(scope, tenantId, options.signal)
      if (instance === undefined) return { action: 'create', changes: diffConfig({}, spec.providerConfig) }
      const changes = diffConfig(instance.config, spec.providerConfig, { schema: exampleSchema })
      return { action: changes.length === 0 ? 'no_changes' : 'update', changes }
    },
    listOwned: (options) => listOwned(scope, options),
    readLogs: ({ tenantId }, options) => readLogs(scope, tenantId, options),
    async close() {},
  }
}

function openScope(settings: ExampleSettings): ExampleScope {
  const { installation, defect } = settings
  const has = (name: Defect) => defect === name
  return {
    ...settings,
    connection: connect(settings.target, settings.condition),
    known: new Set(),
    last: undefined,
    has,
    nameOf: (tenantId) => exampleName(tenantId, has('cuts names short')),
    marks: (tenantId) => ownershipMarks({ tenantId, provider: 'example', installation }),
    isOurs(resource, tenantId): resource is ExampleResource {
      if (resource === undefined) return false
      const found = readOwnership(resource.labels)
      if (has('does not look at the installation')) return found?.tenantId === tenantId
      return isOwnedBy(resource.labels, { tenantId, provider: 'example', installation })
    },
  }
}

export async function findInstance(
  scope: ExampleScope,
  tenantId: string,
  signal: AbortSignal,
): Promise<ExampleResource | undefined> {
  throwIfAborted(signal)
  const instance = await scope.connection.find(`instance/${scope.nameOf(tenantId)}`, signal)
  return scope.isOurs(instance, tenantId) ? instance : undefined
}

export function notFound(tenantId: string): TenantNotFoundError {
  return new TenantNotFoundError({ message: `there is no tenant "${tenantId}"`, details: { tenantId } })
}

export function nameTaken(name: string): ConflictError {
  return new ConflictError({ message: `${name} is not ours`, details: { name } })
}

async function* listOwned(scope: ExampleScope, options: ReadOptions): AsyncGenerator<OwnedResource> {
  throwIfAborted(options.signal)
  const present = await scope.connection.list(options.signal)
  const gone = scope.has('lists what is gone') ? scope.target.removed : []
  for (const { kind, id, name, labels } of [...present, ...gone]) {
    const ownership = readOwnership(labels)
    if (ownership === undefined) continue
    if (ownership.installation !== scope.installation && !scope.has('lists what others own')) continue
    yield { tenantId: ownership.tenantId, kind, id, name }
  }
}

async function* readLogs(scope: ExampleScope, tenantId: string, options: ReadLogsOptions): AsyncGenerator<LogLine> {
  const instance = await findInstance(scope, tenantId, options.signal)
  if (instance === undefined) {
    if (scope.has('has empty logs of nobody')) return
    throw notFound(tenantId)
  }
  const text = scope.has('logs line breaks') ? 'hello\n' : 'hello'
  if (options.tail !== 0) yield { stream: 'stdout', container: 'main', text }
  if (options.follow !== true || scope.has('stops to follow')) return
  await new Promise((resolve) => options.signal.addEventListener('abort', resolve, { once: true }))
  throwIfAborted(options.signal)
}
