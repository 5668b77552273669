import {
  CancelledError,
  fingerprintsOf,
  type OperationOptions,
  ProvisionFailedError,
  type ProvisionResult,
  type ResolvedSecrets,
  resolveSecrets,
  type TenantComputeSpec,
  throwIfAborted,
} from '@landlord/compute-core'
import { type ExampleScope, nameTaken } from './example-scope.ts'
import type { ExampleResource } from './example-target.ts'
import { validateExampleSpec } from './example-validation.ts'

export async function provisionExample(
  scope: ExampleScope,
  spec: TenantComputeSpec,
  options: OperationOptions,
): Promise<ProvisionResult> {
  const { signal, logger } = options
  const { connection } = scope
  const { tenantId } = spec
  const name = scope.nameOf(tenantId)
  if (scope.has('looks at the signal after the first write') && signal.aborted) {
    scope.target.writes += 1
    throw new CancelledError({ message: 'too late' })
  }
  throwIfAborted(signal)
  validateExampleSpec(spec, scope.capabilities)
  scope.known.add(tenantId)
  scope.last = spec
  logger.info(scope.has('logs the password') ? { spec } : { tenantId }, 'provision')

  const network = await connection.find(`network/${name}`, signal)
  const instance = await connection.find(`instance/${name}`, signal)
  if (network !== undefined && !scope.isOurs(network, tenantId) && !scope.has('marks the instance only')) {
    throw nameTaken(name)
  }
  const foreign = instance !== undefined && !scope.isOurs(instance, tenantId)
  if (foreign && !scope.has('adopts what is foreign')) throw nameTaken(name)
  if (scope.has('cannot use secrets') && spec.secrets !== undefined) {
    throw new ProvisionFailedError({ message: 'what is a secret?' })
  }
  if (scope.has('never makes a tenant again') && scope.target.removed.some((gone) => gone.name === name)) {
    throw new ProvisionFailedError({ message: 'the name is burnt' })
  }
  const secrets = scope.has('reads secrets late') ? {} : await resolveSecrets(spec, options)
  if (scope.has('logs the secret')) logger.info({ values: valuesOf(secrets) }, 'provision')
  await makeNetwork(scope, spec, { name, network, instance, signal })
  const late = scope.has('reads secrets late') ? await resolveSecrets(spec, options) : secrets
  const made = scope.has('shares state between calls') ? (scope.last ?? spec) : spec
  await makeInstance(scope, made, { existing: instance, secrets: late, signal })
  const status = scope.has('says success too early') ? 'success' : 'in_progress'
  return { status, resourceIds: { name } }
}

async function makeNetwork(
  scope: ExampleScope,
  spec: TenantComputeSpec,
  found: {
    name: string
    network: ExampleResource | undefined
    instance: ExampleResource | undefined
    signal: AbortSignal
  },
): Promise<void> {
  const { name, network, instance, signal } = found
  if (network !== undefined) {
    if (instance === undefined && scope.has('stumbles over its own leftovers')) throw nameTaken(name)
    return
  }
  const labels = scope.has('marks the instance only') ? {} : scope.marks(spec.tenantId)
  await scope.connection.put({ ...toInstance(spec, name, labels), kind: 'network' }, signal)
}

async function makeInstance(
  scope: ExampleScope,
  spec: TenantComputeSpec,
  found: { existing: ExampleResource | undefined; secrets: ResolvedSecrets; signal: AbortSignal },
): Promise<void> {
  const { existing, secrets, signal } = found
  const second = existing !== undefined && scope.has('makes a second instance')
  if (existing !== undefined && !second && !scope.has('adopts what is foreign')) return
  const name = `${scope.nameOf(spec.tenantId)}${second ? '--2' : ''}`
  const values = scope.has('marks the secret') ? { values: valuesOf(secrets) } : {}
  const labels = { ...scope.marks(spec.tenantId), ...values }
  await scope.connection.put({ ...toInstance(spec, name, labels), secrets: fingerprintsOf(secrets) }, signal)
}

function valuesOf(secrets: ResolvedSecrets): string {
  return Object.values(secrets)
    .map((secret) => secret.reveal())
    .join()
}

export function toInstance(
  spec: TenantComputeSpec,
  name: string,
  labels: ExampleResource['labels'],
): Omit<ExampleResource, 'id'> {
  return {
    kind: 'instance',
    name,
    labels,
    config: spec.providerConfig,
    containers: spec.containers.length === 0 ? ['main'] : spec.containers.map((container) => container.name),
    suspended: spec.suspended ?? false,
    restartToken: spec.restartToken ?? '',
    secrets: {},
    served: false,
  }
}
