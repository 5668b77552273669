import type { StoredTenant } from '../store/stored-tenant.ts'
import { HttpProblem } from './http-problem.ts'

/** The version, as an entity tag. */
export function etagOf(tenant: { readonly version: number }): string {
  return `"${tenant.version}"`
}

/**
 * Throws `HttpProblem` unless `If-Match` names the tenant's version. `*` fits every tenant that exists; weak tags, which
 * proxies make of strong ones, count like strong ones.
 */
export function checkIfMatch(header: string | undefined, tenant: StoredTenant): void {
  if (header === undefined || header.trim() === '*') return
  const tags = header.split(',').map((tag) => /^\s*(?:W\/)?"([^"]*)"\s*$/.exec(tag)?.[1])
  if (tags.includes(undefined)) {
    throw new HttpProblem({
      code: 'invalid_request',
      detail: `the header if-match must be "*" or a list of quoted ETags such as ${etagOf(tenant)}, got ${JSON.stringify(header.slice(0, 100))}`,
    })
  }
  if (tags.includes(String(tenant.version))) return
  throw new HttpProblem({
    code: 'precondition_failed',
    detail: `tenant ${tenant.name} is at version ${tenant.version}, not at ${header.slice(0, 100)}; read it again and repeat the change on what it is now`,
    tenantId: tenant.id,
  })
}
