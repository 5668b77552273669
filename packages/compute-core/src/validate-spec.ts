import { CapabilityUnsupportedError } from './errors/capability-unsupported-error.ts'
import { InvalidSpecError } from './errors/invalid-spec-error.ts'
import { UnsupportedSpecificationError } from './errors/unsupported-specification-error.ts'
import type { ValidationIssue } from './errors/validation-issue.ts'
import { isJsonObject } from './json.ts'
import { reservedKeyIssues } from './ownership.ts'
import type { ProviderCapabilities } from './provider-capabilities.ts'
import { parseSecretReference, SECRET_FORMS } from './secret-reference.ts'
import type {
  ContainerPort,
  ContainerSpec,
  ResourceRequirements,
  SecretReference,
  TenantComputeSpec,
} from './tenant-compute-spec.ts'

const MAX_PORT = 65_535

/**
 * The rules of the spec that hold for every provider. A provider's `validate` calls it first, then checks its own rules.
 * Throws `InvalidSpecError` with every issue; `UnsupportedSpecificationError` or, for a suspended or restarted tenant,
 * `CapabilityUnsupportedError` for what `provider` does not declare.
 */
export function validateSpec(
  spec: TenantComputeSpec,
  provider: { readonly name: string; readonly capabilities: ProviderCapabilities },
): void {
  const issues = specIssues(spec, provider.name)
  if (issues.length > 0) throw new InvalidSpecError({ issues })
  if (spec.containers.length > 1 && !provider.capabilities.multipleContainers) {
    throw new UnsupportedSpecificationError({
      message: `provider "${provider.name}" runs one container per tenant; the spec has ${spec.containers.length}`,
      details: { containers: spec.containers.length },
    })
  }
  if ((spec.secrets?.length ?? 0) > 0 && !provider.capabilities.secrets) {
    throw new UnsupportedSpecificationError({
      message: `provider "${provider.name}" has no secrets of its own; pass them another way or choose a provider that declares \`secrets\``,
    })
  }
  assertCapability(provider, 'suspend', spec.suspended === true)
  assertCapability(provider, 'restart', spec.restartToken !== undefined)
}

function assertCapability(
  provider: { readonly name: string; readonly capabilities: ProviderCapabilities },
  capability: 'suspend' | 'restart',
  needed: boolean,
): void {
  if (!needed || provider.capabilities[capability]) return
  throw new CapabilityUnsupportedError({
    message: `provider "${provider.name}" cannot ${capability} a tenant; it does not declare \`${capability}\``,
    details: { provider: provider.name, capability },
  })
}

function specIssues(spec: TenantComputeSpec, providerName: string): ValidationIssue[] {
  const issues: ValidationIssue[] = []
  const report = (path: string, message: string) => issues.push({ path, keyword: 'rule', message })

  if (typeof spec.tenantId !== 'string' || spec.tenantId === '') report('/tenantId', 'must not be empty')
  if (spec.providerType !== providerName) {
    report('/providerType', `is ${JSON.stringify(spec.providerType)}, but this provider is "${providerName}"`)
  }
  if (!isJsonObject(spec.providerConfig)) report('/providerConfig', 'must be an object')
  issues.push(...reservedKeyIssues(spec.labels ?? {}, '/labels'))
  issues.push(
    ...resourceIssues(spec.resources, '/resources'),
    ...portIssues(spec.networking?.ports, '/networking/ports'),
  )

  const names = new Set<string>()
  for (const [index, container] of spec.containers.entries()) {
    issues.push(...containerIssues(container, `/containers/${index}`))
    if (names.has(container.name))
      report(`/containers/${index}/name`, `"${container.name}" is the name of another container`)
    names.add(container.name)
  }
  return [...issues, ...secretIssues(spec.secrets ?? [])]
}

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

// What is no reference may be the secret itself: no issue repeats it.
function secretIssues(secrets: readonly SecretReference[]): ValidationIssue[] {
  const issues: ValidationIssue[] = []
  const report = (path: string, message: string) => issues.push({ path, keyword: 'rule', message })
  const names = new Set<string>()
  for (const [index, { name, valueFrom }] of secrets.entries()) {
    if (!VARIABLE_NAME.test(name)) {
      report(`/secrets/${index}/name`, 'must be the name of an environment variable: letters, digits and "_"')
    } else if (names.has(name)) report(`/secrets/${index}/name`, `"${name}" is the name of another secret`)
    names.add(name)
    if (parseSecretReference(valueFrom) !== undefined) continue
    report(`/secrets/${index}/valueFrom`, `must be a reference, never the secret itself: ${SECRET_FORMS}`)
  }
  return issues
}

function containerIssues(container: ContainerSpec, path: string): ValidationIssue[] {
  const issues: ValidationIssue[] = []
  if (container.name === '') issues.push({ path: `${path}/name`, keyword: 'rule', message: 'must not be empty' })
  if (container.image === '') issues.push({ path: `${path}/image`, keyword: 'rule', message: 'must not be empty' })
  return [
    ...issues,
    ...resourceIssues(container.resources, `${path}/resources`),
    ...portIssues(container.ports, `${path}/ports`),
  ]
}

function resourceIssues(resources: ResourceRequirements | undefined, path: string): ValidationIssue[] {
  return Object.entries(resources ?? {})
    .filter(([, amount]) => !(Number.isFinite(amount) && amount > 0))
    .map(([key, amount]) => ({
      path: `${path}/${key}`,
      keyword: 'rule',
      message: 'must be a number above 0',
      received: String(amount),
    }))
}

function portIssues(ports: readonly ContainerPort[] | undefined, path: string): ValidationIssue[] {
  return (ports ?? []).flatMap((port, index) =>
    Number.isInteger(port.containerPort) && port.containerPort >= 1 && port.containerPort <= MAX_PORT
      ? []
      : [
          {
            path: `${path}/${index}/containerPort`,
            keyword: 'rule',
            message: `must be a whole number from 1 to ${MAX_PORT}`,
            received: port.containerPort,
          },
        ],
  )
}
