import type { ResourceIds } from '@landlord/compute-core'
import type { Container } from './read-tenant.ts'

/** The handle of a tenant: for people, and to save a search. Everything is found by labels all the same. */
export function resourceIds(current: Container, next?: Container): ResourceIds {
  return {
    container_id: current.Id,
    container_name: current.Name.slice(1),
    ...(next === undefined ? {} : { replacement_id: next.Id }),
  }
}
