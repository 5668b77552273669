import {
  type ComputeProvider,
  diffConfig,
  diffSecrets,
  type LogLine,
  type OwnedResource,
  type ReadLogsOptions,
  type ReadOptions,
  readOwnership,
  resolveSecrets,
  type TenantComputeSpec,
  throwIfAborted,
} from '@landlord/compute-core'
import { adoptExample, planExampleAdoption } from './adopt-example.ts'
import { destroyExample } from './destroy-example.ts'
import { type ExampleScope, type ExampleSettings, findInstance, notFound, openScope } from './example-scope.ts'
import { keyOf } from './example-target.ts'
import { exampleSchema, validateExampleConfig, validateExampleSpec } from './example-validation.ts'
import { provisionExample } from './provision-example.ts'
import { toExampleStatus } from './to-example-status.ts'
import { updateExample } from './update-example.ts'

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
      const secrets = scope.has('does not plan a secret') ? undefined : await resolveSecrets(spec, options)
      const changes = [
        ...diffConfig(instance.config, spec.providerConfig, { schema: exampleSchema }),
        ...(secrets === undefined ? [] : diffSecrets(instance.secrets, secrets)),
      ]
      return { action: changes.length === 0 ? 'no_changes' : 'update', changes }
    },
    listOwned: (options) => listOwned(scope, options),
    planAdoption: (adoption, options) => planExampleAdoption(scope, adoption, options),
    adopt: (spec, resource, options) => adoptExample(scope, { spec, resource }, options),
    readLogs: ({ tenantId }, options) => readLogs(scope, tenantId, options),
    async close() {},
  }
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
