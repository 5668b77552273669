import { createHmac, randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import {
  type ComputeProvider,
  type ComputeStatus,
  type JsonObject,
  mergeConfig,
  type OperationOptions,
  type ProviderCapabilities,
  type SecretResolver,
  type TenantComputeSpec,
  type TenantRef,
} from '@landlord/compute-core'
import { ConformanceError } from './conformance-error.ts'
import type { ConformanceHarness, CreateProviderOptions, RawResource } from './conformance-harness.ts'
import { pollUntil } from './poll-until.ts'
import { type RecordingLogger, recordingLogger } from './recording-logger.ts'
import type { Expect } from './test-runner.ts'

export interface BenchSettings {
  readonly harness: ConformanceHarness
  readonly capabilities: ProviderCapabilities
  readonly expect: Expect
  readonly settleTimeoutMs: number
}

/** What one test works with. Every tenant that it names is destroyed when the test ends. */
export interface Bench extends BenchSettings {
  /** Of this test alone, so that tests on one target do not meet. */
  readonly installation: string
  /** What secrets are, by their references; a test may change them. Of any other, the value is made up. */
  readonly secretValues: Map<string, string>
  /** All that the providers have logged in this test. */
  readonly logger: RecordingLogger
  /** A fresh provider instance; by default of this test's installation, at the live target. */
  provider(options?: Partial<CreateProviderOptions>): Promise<ComputeProvider>
  /** The spec of a tenant: the harness's configuration over the provider's defaults. Marks the tenant for clean-up. */
  spec(provider: ComputeProvider, overrides?: Partial<TenantComputeSpec>): TenantComputeSpec
  /** The same with the harness's changed configuration. Throws `ConformanceError` when that changes nothing. */
  changed(provider: ComputeProvider, spec: TenantComputeSpec): TenantComputeSpec
  options(overrides?: Partial<OperationOptions>): OperationOptions
  /** Provisions, polls until settled, and fails unless it runs. */
  run(provider: ComputeProvider, spec: TenantComputeSpec): Promise<ComputeStatus>
  /** Polls until settled; `onStatus` sees every status on the way. */
  settle(
    provider: ComputeProvider,
    tenant: TenantRef,
    onStatus?: (status: ComputeStatus) => void,
  ): Promise<ComputeStatus>
  /** Destroys until nothing is left. */
  destroy(provider: ComputeProvider, tenant: TenantRef): Promise<void>
  listRaw(tenantId: string): Promise<readonly RawResource[]>
  close(): Promise<void>
}

export async function openBench(settings: BenchSettings): Promise<Bench> {
  const { harness, settleTimeoutMs } = settings
  const installation = `conformance-${randomUUID().slice(0, 8)}`
  const providers: ComputeProvider[] = []
  const tenants: { installation: string; spec: TenantComputeSpec }[] = []
  const installations = new Map<ComputeProvider, string>()

  const bench: Bench = {
    ...settings,
    installation,
    logger: recordingLogger(),
    secretValues: new Map(),
    async provider(options = {}) {
      const all = { installation, target: 'live' as const, ...options }
      const provider = await harness.createProvider(all)
      providers.push(provider)
      installations.set(provider, all.installation)
      return provider
    },
    spec(provider, overrides = {}) {
      const spec: TenantComputeSpec = {
        tenantId: randomUUID(),
        providerType: provider.name,
        containers: [],
        providerConfig: effectiveConfig(provider, harness.config),
        ...overrides,
      }
      tenants.push({ installation: installations.get(provider) ?? installation, spec })
      return spec
    },
    changed: (provider, spec) => ({ ...spec, providerConfig: changedConfig(provider, harness) }),
    options: (overrides = {}) => ({
      signal: new AbortController().signal,
      logger: bench.logger,
      resolveSecret: secretResolver(bench.secretValues),
      operationId: randomUUID(),
      generation: 1,
      ...overrides,
    }),
    async run(provider, spec) {
      const { resourceIds } = await provider.provision(spec, bench.options())
      const status = await bench.settle(provider, tenantRef(spec, resourceIds))
      if (status.state !== 'running') {
        throw new ConformanceError(`the tenant must come to run, but it settled as ${JSON.stringify(status)}`)
      }
      return status
    },
    settle: (provider, tenant, onStatus) =>
      pollUntil(
        'the tenant settled',
        settleTimeoutMs,
        () => provider.getStatus(tenant, bench.options()),
        (status) => {
          onStatus?.(status)
          return status.settled
        },
      ),
    async destroy(provider, tenant) {
      let { resourceIds } = tenant
      await pollUntil(
        'the tenant was destroyed',
        settleTimeoutMs,
        async () => {
          const result = await provider.destroy({ ...tenant, resourceIds }, bench.options())
          // As the control plane does: every handle is saved and comes back with the next call.
          resourceIds = result.resourceIds
          return result
        },
        (result) => result.status === 'destroyed',
      )
    },
    listRaw: async (tenantId) => await harness.listRaw(tenantId),
    async close() {
      try {
        await destroyAll()
      } finally {
        await Promise.allSettled(providers.map((provider) => provider.close?.()))
        await harness.dispose?.()
      }
    },
  }

  // What `destroy` does wrong is reported by its own parts; `dispose` of the harness removes the rest.
  async function destroyAll(): Promise<void> {
    const byInstallation = new Map<string, ComputeProvider>()
    for (const each of new Set(tenants.map((entry) => entry.installation))) {
      byInstallation.set(each, await bench.provider({ installation: each }))
    }
    await Promise.allSettled(
      tenants.map(async (entry) => {
        const provider = byInstallation.get(entry.installation)
        if (provider === undefined) return
        // A provider of another target may have had other defaults.
        const providerConfig = effectiveConfig(provider, harness.config)
        await bench.destroy(provider, tenantRef({ ...entry.spec, providerConfig }))
      }),
    )
  }

  return bench
}

/** As a worker does it: the value, and a hash of it under a key that only the installation has. */
function secretResolver(values: ReadonlyMap<string, string>): SecretResolver {
  return async ({ name, valueFrom }) => {
    const value = values.get(valueFrom) ?? `the value of ${valueFrom}`
    const fingerprint = createHmac('sha256', 'conformance')
      .update(JSON.stringify([name, value]))
      .digest('hex')
    return { fingerprint, reveal: () => value }
  }
}

/** What the control plane would accept: the configuration over the provider's defaults. */
export function effectiveConfig(provider: ComputeProvider, config: JsonObject): JsonObject {
  return mergeConfig(provider.configDefaults ?? {}, config)
}

function changedConfig(provider: ComputeProvider, harness: ConformanceHarness): JsonObject {
  const changed = effectiveConfig(provider, harness.changedConfig)
  if (isDeepStrictEqual(changed, effectiveConfig(provider, harness.config))) {
    throw new ConformanceError(
      "the harness's `changedConfig` equals its `config`, the provider's defaults merged under both; " +
        'give it one that `update` must act on',
    )
  }
  if (harness.changedPaths.length === 0) {
    throw new ConformanceError(
      "the harness's `changedPaths` is empty; name each JSON pointer at which `changedConfig` differs from `config`",
    )
  }
  return changed
}

export function tenantRef(spec: TenantComputeSpec, resourceIds: TenantRef['resourceIds'] = {}): TenantRef {
  return { tenantId: spec.tenantId, providerConfig: spec.providerConfig, resourceIds }
}
