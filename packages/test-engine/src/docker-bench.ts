import { randomUUID } from 'node:crypto'
import {
  type ComputeProvider,
  type ComputeStatus,
  type JsonObject,
  type OperationOptions,
  silentLogger,
  type TenantComputeSpec,
  type TenantRef,
} from '@landlord/compute-core'
import { expect, vi } from 'vitest'
import { ensureTestImage, TEST_IMAGE } from './ensure-test-image.ts'
import type { TestEngine } from './find-engine.ts'
import { httpServerConfig } from './http-server-config.ts'
import { listLabelled, removeLabelled } from './labelled-resources.ts'
import type { WatchedEngine } from './watched-engine.ts'

const SETTLE_TIMEOUT_MS = 20_000

export interface Tenant {
  readonly id: string
  provision(config: JsonObject, options?: CallOptions): ReturnType<ComputeProvider['provision']>
  update(config: JsonObject, options?: CallOptions): ReturnType<ComputeProvider['update']>
  status(config?: JsonObject): Promise<ComputeStatus>
  settled(config?: JsonObject): Promise<ComputeStatus>
  destroy(): Promise<void>
  ref(config?: JsonObject): TenantRef
}

export interface CallOptions extends Partial<OperationOptions>, Partial<Omit<TenantComputeSpec, 'providerConfig'>> {}

/** The part of `createDockerProvider` that a bench uses; handed in, as this package knows no provider. */
export type CreateDockerProvider = (options: {
  readonly installation: string
  readonly settings: JsonObject
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly docker?: Pick<WatchedEngine, 'modem'>
  readonly now?: () => Date
}) => ComputeProvider

type ProviderOptions = Partial<Parameters<CreateDockerProvider>[0]>

/** One installation of its own on the engine, gone again with `close`. */
export class DockerBench {
  readonly installation = `test-${randomUUID()}`
  readonly engine: TestEngine
  readonly #createProvider: CreateDockerProvider
  readonly #providers: ComputeProvider[] = []

  constructor(engine: TestEngine, createProvider: CreateDockerProvider) {
    this.engine = engine
    this.#createProvider = createProvider
  }

  static async open(engine: TestEngine, createProvider: CreateDockerProvider): Promise<DockerBench> {
    await ensureTestImage(engine.docker)
    return new DockerBench(engine, createProvider)
  }

  provider(options: ProviderOptions = {}): ComputeProvider {
    const provider = this.#createProvider({
      installation: this.installation,
      environment: {},
      ...options,
      settings: { host: `unix://${this.engine.socketPath}`, stable_after_seconds: 0.4, ...options.settings },
    })
    this.#providers.push(provider)
    return provider
  }

  tenant(provider: ComputeProvider = this.provider(), id = `t-${randomUUID().slice(0, 8)}`): Tenant {
    return new BenchTenant(provider, id)
  }

  /** Everything of this installation on the engine, as `kind name`. */
  async resources(): Promise<string[]> {
    const found = await listLabelled(this.engine.docker, [`landlord.installation=${this.installation}`])
    return found.map(({ kind, name }) => `${kind} ${name}`).sort()
  }

  async containers(tenantId: string) {
    const docker = this.engine.docker
    const label = [`landlord.installation=${this.installation}`, `landlord.tenant_id=${tenantId}`]
    const listed = await docker.listContainers({ all: true, filters: { label } })
    return await Promise.all(listed.map(({ Id }) => docker.getContainer(Id).inspect()))
  }

  async close(): Promise<void> {
    for (const provider of this.#providers) await provider.close?.()
    await removeLabelled(this.engine.docker, [`landlord.installation=${this.installation}`])
  }
}

class BenchTenant implements Tenant {
  readonly id: string
  readonly #provider: ComputeProvider
  #last: JsonObject = { image: TEST_IMAGE }

  constructor(provider: ComputeProvider, id: string) {
    this.#provider = provider
    this.id = id
  }

  async provision(config: JsonObject, options: CallOptions = {}) {
    this.#last = config
    return await this.#provider.provision(spec(this.id, config, options), call(options))
  }

  async update(config: JsonObject, options: CallOptions = {}) {
    this.#last = config
    return await this.#provider.update(this.ref(config), spec(this.id, config, options), call(options))
  }

  async status(config?: JsonObject) {
    return await this.#provider.getStatus(this.ref(config), call({}))
  }

  async settled(config?: JsonObject): Promise<ComputeStatus> {
    return await vi.waitFor(
      async () => {
        const status = await this.status(config)
        if (!status.settled) throw new Error(`not settled: ${JSON.stringify(status)}`)
        return status
      },
      { timeout: SETTLE_TIMEOUT_MS, interval: 100 },
    )
  }

  async destroy() {
    await expect
      .poll(async () => (await this.#provider.destroy(this.ref(), call({}))).status, { timeout: SETTLE_TIMEOUT_MS })
      .toBe('destroyed')
  }

  ref(config: JsonObject = this.#last): TenantRef {
    return { tenantId: this.id, providerConfig: config, resourceIds: {} }
  }
}

export function call(options: Partial<OperationOptions>): OperationOptions {
  const { signal = new AbortController().signal, operationId = randomUUID(), generation = 1, onProgress } = options
  return { signal, logger: silentLogger, operationId, generation, ...(onProgress === undefined ? {} : { onProgress }) }
}

export function spec(tenantId: string, providerConfig: JsonObject, options: CallOptions = {}): TenantComputeSpec {
  const { containers = [], suspended, restartToken, labels, networking } = options
  return {
    tenantId,
    providerType: 'docker',
    containers,
    providerConfig,
    ...(suspended === undefined ? {} : { suspended }),
    ...(restartToken === undefined ? {} : { restartToken }),
    ...(labels === undefined ? {} : { labels }),
    ...(networking === undefined ? {} : { networking }),
  }
}

/** A container that answers `greeting` over HTTP. */
export function greeter(greeting: string, extra: JsonObject = {}): JsonObject {
  const server: JsonObject = { ...httpServerConfig() }
  return {
    image: TEST_IMAGE,
    ...server,
    env: { GREETING: greeting },
    ports: [{ container_port: 8080, protocol: 'http' }],
    ...extra,
  }
}

export function shell(script: string, extra: JsonObject = {}): JsonObject {
  return { image: TEST_IMAGE, command: ['sh', '-c'], args: [script], ...extra }
}

export async function greetingAt(status: ComputeStatus): Promise<string> {
  const url = status.endpoints[0]?.url
  if (url === undefined) throw new Error(`no endpoint to ask: ${JSON.stringify(status)}`)
  return (await (await fetch(url)).text()).trim()
}
