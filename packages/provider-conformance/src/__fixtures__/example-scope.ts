import {
  ConflictError,
  isOwnedBy,
  ownershipMarks,
  type ProviderCapabilities,
  readOwnership,
  type TenantComputeSpec,
  TenantNotFoundError,
  throwIfAborted,
} from '@landlord/compute-core'
import type { TargetCondition } from '../conformance-harness.ts'
import type { Defect } from './defect.ts'
import { exampleName } from './example-name.ts'
import { connect, type ExampleConnection, type ExampleResource, type ExampleTarget } from './example-target.ts'

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

export function openScope(settings: ExampleSettings): ExampleScope {
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
