import type { Logger } from '@landlord/compute-core'
import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose'
import { HttpProblem } from '../http/http-problem.ts'

export interface IssuerKeysOptions {
  readonly logger: Logger
  /** After keys were fetched, an unknown key id makes nobody fetch them again for so long. Default 30 s. */
  readonly cooldownMs?: number
}

/** Keys that are older are fetched again, and a key that the issuer has withdrawn is trusted no longer than that. */
const MAX_KEY_AGE_MS = 600_000
const ANSWER_LIMIT_MS = 5_000
/** An issuer that is away is asked once in so long, however many tokens wait for its answer. */
const RETRY_AFTER_FAILURE_MS = 2_000

/**
 * The keys by which an issuer's tokens are checked: found through its discovery document, kept, and fetched again when it
 * rotates them. Rejects with `HttpProblem` (503) while they cannot be had; what is kept serves on meanwhile.
 */
export function createIssuerKeys(issuer: string, { logger, cooldownMs }: IssuerKeysOptions): JWTVerifyGetKey {
  const ask = patientFetch()
  let discovered: Promise<JWTVerifyGetKey> | undefined

  async function discover(): Promise<JWTVerifyGetKey> {
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
    const response = await ask(url, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS), redirect: 'manual' })
    if (response.status !== 200) throw new Error(`${url} answered ${response.status}`)
    const { issuer: named, jwks_uri: uri } = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown }
    if (named !== issuer) throw new Error(`${url} names another issuer; access.oidc.issuer must be the same text`)
    if (typeof uri !== 'string') throw new Error(`${url} has no jwks_uri`)
    return createRemoteJWKSet(new URL(uri), {
      timeoutDuration: ANSWER_LIMIT_MS,
      cacheMaxAge: MAX_KEY_AGE_MS,
      [customFetch]: ask,
      ...(cooldownMs === undefined ? {} : { cooldownDuration: cooldownMs }),
    })
  }

  function keys(): Promise<JWTVerifyGetKey> {
    discovered ??= discover().catch((error: unknown) => {
      discovered = undefined
      throw error
    })
    return discovered
  }

  return async (header, token) => {
    try {
      return await (await keys())(header, token)
    } catch (error) {
      if (isAboutTheToken(error)) throw error
      logger.warn({ err: error, issuer }, 'the keys of the token issuer cannot be read')
      throw new HttpProblem({
        code: 'unavailable',
        detail:
          'the keys of the token issuer cannot be read at the moment, so nobody can tell whether the token is good; try again',
        cause: error,
      })
    }
  }
}

/** The keys were read, and none of them is this token's. */
function isAboutTheToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  )
}

function patientFetch(): (url: string, init: RequestInit) => Promise<Response> {
  let failedAt = Number.NEGATIVE_INFINITY
  return async (url, init) => {
    if (performance.now() - failedAt < RETRY_AFTER_FAILURE_MS) throw new Error('the issuer did not answer a moment ago')
    try {
      const response = await fetch(url, init)
      if (response.status >= 500) failedAt = performance.now()
      return response
    } catch (error) {
      failedAt = performance.now()
      throw error
    }
  }
}
