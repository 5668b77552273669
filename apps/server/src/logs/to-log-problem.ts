import type { Failure } from '@landlord/api-contract'
import { HttpProblem } from '../http/http-problem.ts'

/** Why there are no logs, or no more of them. */
export function toLogProblem(tenantName: string, { code, message }: Failure): HttpProblem {
  if (code === 'tenant_not_found') {
    return new HttpProblem({ code: 'not_found', detail: `tenant ${tenantName} has no compute: ${message}` })
  }
  if (code === 'capability_unsupported') return new HttpProblem({ code: 'conflict', detail: message })
  return new HttpProblem({ code: 'unavailable', detail: `the logs cannot be read (${code}): ${message}` })
}
