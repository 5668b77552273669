import { type ReadOptions, type ResolvedSecrets, resolveSecrets, type TenantComputeSpec } from '@landlord/compute-core'

/** Undefined for a tenant that is suspended: that must not depend on whether a secret can be read. */
export async function neededSecrets(
  spec: TenantComputeSpec,
  options: ReadOptions,
): Promise<ResolvedSecrets | undefined> {
  return spec.suspended === true ? undefined : await resolveSecrets(spec, options)
}
