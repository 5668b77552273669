import type { TenantSecret } from '@landlord/api-contract'
import type { Pairs } from './parse-pairs.ts'

/** `--secret NAME=reference`, in the API's terms. */
export function toSecrets(pairs: Pairs): TenantSecret[] {
  return Object.entries(pairs).map(([name, value_from]) => ({ name, value_from }))
}
