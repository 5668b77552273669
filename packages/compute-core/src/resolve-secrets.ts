import { CapabilityUnsupportedError } from './errors/capability-unsupported-error.ts'
import type { SecretReference, TenantComputeSpec } from './tenant-compute-spec.ts'

/** A secret that was read. It has no property that holds the value, so that no log and no JSON shows it. */
export interface ResolvedSecret {
  /** Equal exactly while the value is: a keyed hash of it, which may be kept at the target to see that the value has changed. */
  readonly fingerprint: string
  /** The value, for the tenant's environment and nothing else. */
  reveal(): string
}

/** Reads a secret. Rejects with `SecretUnavailableError`, or `AccessDeniedError` where it may not be read. */
export type SecretResolver = (reference: SecretReference, signal: AbortSignal) => Promise<ResolvedSecret>

/** By the name of the environment variable. */
export type ResolvedSecrets = Readonly<Record<string, ResolvedSecret>>

/** Reads every secret of a spec. Throws `CapabilityUnsupportedError` where nobody reads them. */
export async function resolveSecrets(
  { secrets = [] }: Pick<TenantComputeSpec, 'secrets'>,
  { resolveSecret, signal }: { readonly resolveSecret?: SecretResolver; readonly signal: AbortSignal },
): Promise<ResolvedSecrets> {
  if (secrets.length === 0) return {}
  if (resolveSecret === undefined) {
    throw new CapabilityUnsupportedError({
      message: 'the tenant has secrets, and nobody here reads them: the call has no `resolveSecret`',
    })
  }
  const read = secrets.map(async (reference) => [reference.name, await resolveSecret(reference, signal)] as const)
  return Object.fromEntries(await Promise.all(read))
}
