import { HttpProblem } from '../http/http-problem.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'

/** A refusal by the tenant's state. `why` completes "tenant x …" and names the way out. */
export function conflict(tenant: StoredTenant, why: string): HttpProblem {
  return new HttpProblem({ code: 'conflict', detail: `tenant ${tenant.name} ${why}`, tenantId: tenant.id })
}
