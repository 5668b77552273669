import { createHmac } from 'node:crypto'
import {
  CapabilityUnsupportedError,
  parseSecretReference,
  type SecretReference,
  type SecretResolver,
  UnavailableError,
} from '@landlord/compute-core'
import type { LandlordSettings } from '@landlord/settings'
import { readSecretFile } from './read-secret-file.ts'
import { readSecretVariable } from './read-secret-variable.ts'

export interface SecretResolverOptions {
  readonly settings: LandlordSettings['secrets']
  /** The worker's own. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The installation's, from the server. Absent where the server is older than this worker. */
  readonly fingerprintKey: string | undefined
}

/** A resolver for each tenant: the same value has another fingerprint for another tenant. */
export type SecretResolvers = (tenantId: string) => SecretResolver

/** Reads secrets from where this worker may. No value is kept, and none is in an error. */
export function createSecretResolvers(options: SecretResolverOptions): SecretResolvers {
  const { fingerprintKey } = options
  return (tenantId) => async (reference, signal) => {
    if (fingerprintKey === undefined) {
      throw new UnavailableError({
        message: 'the server is older than this worker and cannot handle secrets; upgrade it',
      })
    }
    const value = await read(reference, options, signal)
    const fingerprint = createHmac('sha256', fingerprintKey)
      .update(JSON.stringify([tenantId, reference.name, value]))
      .digest('base64url')
    return { fingerprint, reveal: () => value }
  }
}

async function read(
  { name, valueFrom }: SecretReference,
  { settings, environment }: SecretResolverOptions,
  signal: AbortSignal,
): Promise<string> {
  const reference = parseSecretReference(valueFrom)
  switch (reference?.scheme) {
    case 'env':
      return readSecretVariable(name, reference.target, { environment, prefix: settings.env_prefix })
    case 'file':
      return await readSecretFile(name, reference.target, { roots: settings.file_roots, signal })
    default:
      throw new CapabilityUnsupportedError({
        message: `secret ${name}: the worker reads env:NAME and file:/path; ${reference?.scheme ?? 'anything else'} is for the target to read`,
      })
  }
}
