import type { TSchema } from 'typebox'
import type { RouteAccess } from './schemas/access.ts'

export interface RouteDefinition {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With `{name}` for parameters. */
  readonly path: string
  readonly summary: string
  readonly tag:
    | 'tenants'
    | 'operations'
    | 'events'
    | 'webhooks'
    | 'drift'
    | 'compute'
    | 'orphans'
    | 'access'
    | 'system'
    | 'worker'
  readonly access: RouteAccess
  /** It shows or changes what belongs to no tenant: refused to whoever is limited to some tenants by a label selector. */
  readonly installationWide?: true
  readonly params?: TSchema
  readonly query?: TSchema
  readonly headers?: TSchema
  readonly body?: TSchema
  /** A request without a body has a meaning of its own. */
  readonly bodyIsOptional?: true
  /** Successful answers by status; every other answer is a problem. */
  readonly responses: Readonly<Record<number, TSchema>>
  /** One message's data, where the route also answers with `text/event-stream`. */
  readonly stream?: TSchema
}
