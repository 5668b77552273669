import { type Static, Type } from 'typebox'

/** From the narrowest to the widest; each includes those before it. */
export const SCOPES = ['read', 'operate', 'admin'] as const
export const Scope = Type.Enum([...SCOPES], {
  description: '`read` looks, `operate` also changes tenants, `admin` also decides who may do what.',
})
export type Scope = Static<typeof Scope>

/** Who may call a route: everybody, workers with their own token, or whoever holds the scope. */
export type RouteAccess = 'open' | 'worker' | Scope
