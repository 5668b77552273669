import type { LandlordSettings } from '@landlord/settings'
import type { AccessDeps } from '../http/guard-access.ts'
import { ANONYMOUS } from '../tenants/actor.ts'
import { type AuthenticateDeps, createAuthenticate } from './authenticate.ts'
import { createOidcVerifier } from './oidc-verifier.ts'

/** Who may call, by the settings. Asks nobody anything yet. */
export function buildAccess(
  settings: LandlordSettings['access'],
  deps: Omit<AuthenticateDeps, 'verifyBearer'>,
): Pick<AccessDeps, 'isGuarded' | 'authenticate' | 'rateLimit'> {
  if (settings.mode === 'none') return { isGuarded: false, authenticate: async () => ANONYMOUS }
  const { oidc, rate_limit: rateLimit } = settings
  const verifier = oidc === undefined ? {} : { verifyBearer: createOidcVerifier(oidc, deps) }
  return { isGuarded: true, authenticate: createAuthenticate({ ...deps, ...verifier }), rateLimit }
}
