import {
  isOwnedBy,
  type JsonObject,
  mergeConfig,
  OWNERSHIP_KEYS,
  readOwnership,
  TenantNotFoundError,
} from '@landlord/compute-core'
import type { MockResource, MockService } from './mock-resource.ts'
import { mockResourceName } from './mock-resource-name.ts'
import type { MockTarget } from './mock-target.ts'
import { openMockTarget } from './mock-target.ts'
import { toJsonConfig, toMockConfig } from './to-mock-config.ts'

export interface MockWorldSettings {
  /** An SQLite file, made where it is missing. Several processes can have it open. Default: this process's memory. */
  readonly file?: string
}

export interface MockWorldFilter {
  readonly tenantId?: string
  readonly installation?: string
}

/** The simulated target. It outlives the providers that use it, and, given a file, the process too. */
export interface MockWorld {
  /** Everything at the target, whoever made it, ordered by name. */
  resources(filter?: MockWorldFilter): MockResource[]
  /** How often each operation was called (`provision`, …) and each write was made (`service.create`, …). */
  calls(tenantId?: string): Record<string, number>
  /** How many writes the target has carried out. */
  writes(tenantId?: string): number
  /** Lays `patch` over the live configuration, as somebody with a console would. Throws `TenantNotFoundError`. */
  mutate(tenantId: string, patch: JsonObject): void
  /** Makes a service of the name that `tenantId` would get, with labels of your choice; by default nobody's. */
  createForeign(tenantId: string, labels?: Readonly<Record<string, string>>): MockResource
  /** Makes a service that runs and is nobody's, as somebody with a console would. Throws `TypeError` when the name is taken. */
  createByHand(name: string, config: JsonObject): MockResource
  /** Removes a tenant's resources behind the provider's back. */
  remove(tenantId: string): void
  /** Appends a line to the tenant's output. */
  appendLog(tenantId: string, text: string): void
  /** Throws unless every tenant of every installation has at most one resource of each kind. */
  assertNoneDoubled(): void
  close(): void
  /** @internal What providers talk to. */
  readonly target: MockTarget
}

/** Opens the target. Throws what SQLite throws when the file cannot be opened. */
export function createMockWorld(settings: MockWorldSettings = {}): MockWorld {
  const target = openMockTarget(settings.file ?? ':memory:')
  return {
    target,
    resources: (filter = {}) => target.list().filter((resource) => matches(resource, filter)),
    calls: (tenantId) => target.calls(tenantId),
    writes: (tenantId) =>
      Object.entries(target.calls(tenantId)).reduce((sum, [key, times]) => (key.includes('.') ? sum + times : sum), 0),
    mutate: (tenantId, patch) => mutate(target, tenantId, patch),
    createForeign: (tenantId, labels = {}) => createForeign(target, tenantId, labels),
    createByHand: (name, config) => createByHand(target, name, config),
    remove(tenantId) {
      target.remove('service', mockResourceName(tenantId))
      target.remove('network', mockResourceName(tenantId))
    },
    appendLog: (tenantId, text) => target.appendLog(mockResourceName(tenantId), new Date(), text),
    assertNoneDoubled: () => assertNoneDoubled(target.list()),
    close: () => target.close(),
  }
}

function matches(resource: MockResource, filter: MockWorldFilter): boolean {
  const { labels } = resource
  return (
    (filter.tenantId === undefined || labels[OWNERSHIP_KEYS.tenantId] === filter.tenantId) &&
    (filter.installation === undefined || labels[OWNERSHIP_KEYS.installation] === filter.installation)
  )
}

function mutate(target: MockTarget, tenantId: string, patch: JsonObject): void {
  const name = mockResourceName(tenantId)
  target.atomically(() => {
    const service = target.find('service', name)?.service
    if (service === undefined) {
      throw new TenantNotFoundError({ message: `there is no service of tenant "${tenantId}" to change` })
    }
    const config = toMockConfig(mergeConfig(toJsonConfig(service.config), patch))
    target.putService(name, { ...service, config })
  })
}

function createForeign(target: MockTarget, tenantId: string, labels: Readonly<Record<string, string>>): MockResource {
  const name = mockResourceName(tenantId)
  const created = target.create({ kind: 'service', name, labels, createdAt: new Date().toISOString() })
  if (created === undefined) throw new TypeError(`the name "${name}" is taken already`)
  return created
}

function createByHand(target: MockTarget, name: string, config: JsonObject): MockResource {
  const now = Date.now()
  const service: MockService = {
    config: toMockConfig(config),
    suspended: false,
    restartToken: '',
    changedAt: now,
    settlesAt: now,
    startFailure: null,
    goneAt: null,
    generation: 0,
  }
  const created = target.create({ kind: 'service', name, labels: {}, createdAt: new Date(now).toISOString(), service })
  if (created === undefined) throw new TypeError(`the name "${name}" is taken already`)
  return created
}

function assertNoneDoubled(resources: readonly MockResource[]): void {
  const seen = new Map<string, MockResource>()
  for (const resource of resources) {
    const ownership = readOwnership(resource.labels)
    if (ownership === undefined || !isOwnedBy(resource.labels, ownership)) continue
    const key = JSON.stringify([resource.kind, ownership])
    const other = seen.get(key)
    if (other !== undefined) {
      throw new Error(
        `tenant "${ownership.tenantId}" has two resources of kind ${resource.kind}: ${other.name} and ${resource.name}`,
      )
    }
    seen.set(key, resource)
  }
}
