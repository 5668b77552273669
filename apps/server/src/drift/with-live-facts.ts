import { isDeepStrictEqual } from 'node:util'
import type { JsonObject } from '@landlord/compute-core'
import type { StoredTenant } from '../store/stored-tenant.ts'
import type { Look } from './look.ts'

/** The tenant with the endpoints and the configuration that were seen; the same object when they are as before. */
export function withLiveFacts({ tenant, seen }: Pick<Look, 'tenant' | 'seen'>): StoredTenant {
  const { observedConfig: known, ...rest } = tenant
  const isMissing = seen.outcome === 'missing'
  const endpoints = isMissing ? [] : seen.endpoints
  // What came off the wire as JSON is JSON; only the schema's type says less.
  const observedConfig = isMissing ? undefined : ((seen.observed_config as JsonObject | undefined) ?? known)
  if (isDeepStrictEqual(endpoints, tenant.endpoints) && isDeepStrictEqual(observedConfig, known)) return tenant
  return { ...rest, endpoints, ...(observedConfig === undefined ? {} : { observedConfig }) }
}
