import { SCOPES, type Scope } from '@landlord/api-contract'
import type { Logger } from '@landlord/compute-core'
import type { LandlordSettings } from '@landlord/settings'
import { errors, type JWTPayload, jwtVerify } from 'jose'
import { HttpProblem } from '../http/http-problem.ts'
import type { Principal } from '../tenants/actor.ts'
import { LabelSelectorError, parseLabelSelector } from '../tenants/parse-label-selector.ts'
import { createIssuerKeys, type IssuerKeysOptions } from './issuer-keys.ts'
import { unauthorized } from './unauthorized.ts'

type OidcSettings = NonNullable<LandlordSettings['access']['oidc']>

export interface OidcDeps extends IssuerKeysOptions {
  readonly now: () => Date
  readonly logger: Logger
}

/** Longer subjects would fill the audit trail; OpenID Connect allows 255 characters. */
const MAX_SUBJECT_LENGTH = 255

/** Whom a token of the issuer names. The verifier rejects with `HttpProblem`: 401, 403, or 503 while its keys cannot be had. */
export function createOidcVerifier(settings: OidcSettings, deps: OidcDeps): (token: string) => Promise<Principal> {
  const keys = createIssuerKeys(settings.issuer, deps)
  return async (token) => {
    const payload = await verified(token)
    return toPrincipal(payload, settings)
  }

  async function verified(token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: settings.issuer,
        audience: settings.audience,
        algorithms: settings.algorithms,
        clockTolerance: settings.clock_tolerance_seconds,
        currentDate: deps.now(),
        requiredClaims: ['sub', 'exp'],
      })
      return payload
    } catch (error) {
      if (error instanceof HttpProblem) throw error
      throw unauthorized(reasonOf(error))
    }
  }
}

/** What is wrong with a token, without any of it. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'the token is expired'
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.claim === 'nbf'
      ? 'the token is not valid yet'
      : `the token's claim "${error.claim}" is ${error.reason === 'missing' ? 'missing' : 'not the one that is expected here'}`
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return "the token's algorithm is not one of `access.oidc.algorithms`"
  if (error instanceof errors.JWKSNoMatchingKey)
    return 'the token is signed with a key that its issuer does not publish'
  if (error instanceof errors.JWSSignatureVerificationFailed) return "the token's signature is wrong"
  return 'the token is neither an API token ("ll_…") nor a signed one of the issuer'
}

function toPrincipal(payload: JWTPayload, settings: OidcSettings): Principal {
  const subject = payload.sub ?? ''
  if (subject === '' || subject.length > MAX_SUBJECT_LENGTH) {
    throw unauthorized(`the token's claim "sub" must have 1 to ${MAX_SUBJECT_LENGTH} characters`)
  }
  const scope = scopeOf(payload, settings)
  return {
    principal: `oidc:${subject}`,
    selector: selectorOf(payload, settings),
    ...(scope === undefined ? {} : { scope }),
    ...(payload.exp === undefined ? {} : { expiresAt: new Date(payload.exp * 1000).toISOString() }),
  }
}

/** The widest that the claim stands for; without any, a principal who may do nothing. */
function scopeOf(payload: JWTPayload, { scopes_claim: claim, scope_values: known }: OidcSettings): Scope | undefined {
  const value = payload[claim]
  const values = Array.isArray(value) ? value : typeof value === 'string' ? value.split(/\s+/) : []
  return SCOPES.findLast((scope) => known[scope].some((text) => values.includes(text)))
}

function selectorOf(payload: JWTPayload, { selector_claim: claim }: OidcSettings): Principal['selector'] {
  if (claim === undefined) return []
  const value = payload[claim]
  if (value === '*') return []
  // Nothing said must not come to mean "everything".
  if (typeof value !== 'string' || value.trim() === '') {
    throw forbidden(`the token's claim "${claim}" must be a label selector, or "*" for all tenants`)
  }
  try {
    return parseLabelSelector(value)
  } catch (error) {
    if (!(error instanceof LabelSelectorError)) throw error
    throw forbidden(`the token's claim "${claim}" is no label selector: ${error.message}`)
  }
}

function forbidden(detail: string): HttpProblem {
  return new HttpProblem({ code: 'forbidden', detail })
}
