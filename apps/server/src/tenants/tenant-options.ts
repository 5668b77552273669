import type { DriftPolicy, ExpiryAction } from '@landlord/api-contract'
import { HttpProblem } from '../http/http-problem.ts'
import { normalTime } from '../http/normal-time.ts'

/**
 * What a client wants of a tenant besides its compute configuration, and no provider sees. The one place for such a wish: it
 * is stored, compared, patched, shown and audited from here.
 */
export interface TenantOptions {
  readonly deletionProtection: boolean
  /** Absent: never. */
  readonly expiresAt?: string
  /** As it was asked for, where `expiresAt` was counted from it. */
  readonly ttlSeconds?: number
  readonly expiryAction: ExpiryAction
  readonly driftPolicy: DriftPolicy
  /** JSON pointers into the configuration. */
  readonly driftIgnore: readonly string[]
}

/** As a client sends them. */
export interface OptionsInput {
  readonly deletion_protection?: boolean
  readonly expires_at?: string
  readonly ttl_seconds?: number
  readonly expiry_action?: ExpiryAction
  readonly drift_policy?: DriftPolicy
  readonly drift_ignore?: readonly string[]
}

export type OptionsPatch = { readonly [Key in keyof OptionsInput]?: OptionsInput[Key] | null }

export const DEFAULT_OPTIONS: TenantOptions = {
  deletionProtection: false,
  expiryAction: 'archive',
  driftPolicy: 'report',
  driftIgnore: [],
}

/**
 * Whole options; what is left out goes back to its default. The `ttl_seconds` or `expires_at` of `existing` is the same wish
 * and counts on. Throws `HttpProblem` for a time that is no time or has passed.
 */
export function readOptions(input: OptionsInput, now: Date, existing: TenantOptions = DEFAULT_OPTIONS): TenantOptions {
  refuseBoth(input)
  const { deletionProtection, expiryAction, driftPolicy, driftIgnore } = DEFAULT_OPTIONS
  const kept =
    (input.ttl_seconds !== undefined && input.ttl_seconds === existing.ttlSeconds) ||
    (input.expires_at !== undefined && input.expires_at === existing.expiresAt)
  return {
    deletionProtection: input.deletion_protection ?? deletionProtection,
    expiryAction: input.expiry_action ?? expiryAction,
    driftPolicy: input.drift_policy ?? driftPolicy,
    driftIgnore: input.drift_ignore ?? driftIgnore,
    ...(kept ? timesOf(existing) : readTimes(input, now, existing.expiresAt)),
  }
}

/** The options after a merge patch. A `ttl_seconds` in it counts anew. Throws as `readOptions` does. */
export function patchOptions(current: TenantOptions, patch: OptionsPatch, now: Date): TenantOptions {
  const { expires_at, ttl_seconds } = patch
  const times = {
    ...(expires_at == null ? {} : { expires_at }),
    ...(ttl_seconds == null ? {} : { ttl_seconds }),
  }
  refuseBoth(times)
  const keepsTimes = expires_at === undefined && ttl_seconds === undefined
  return {
    deletionProtection: patched('deletionProtection', patch.deletion_protection),
    expiryAction: patched('expiryAction', patch.expiry_action),
    driftPolicy: patched('driftPolicy', patch.drift_policy),
    driftIgnore: patched('driftIgnore', patch.drift_ignore),
    ...(keepsTimes ? timesOf(current) : readTimes(times, now, current.expiresAt)),
  }

  function patched<Key extends keyof TenantOptions>(key: Key, value: TenantOptions[Key] | null | undefined) {
    return value === undefined ? current[key] : (value ?? DEFAULT_OPTIONS[key])
  }
}

/**
 * The options of a tenant that is brought back: a time to live begins anew. Throws `HttpProblem` when its time has passed, as
 * it would go again at once.
 */
export function reviveOptions(options: TenantOptions, now: Date): TenantOptions {
  const { ttlSeconds, expiresAt } = options
  if (ttlSeconds !== undefined) return { ...options, expiresAt: after(now, ttlSeconds) }
  if (expiresAt !== undefined && expiresAt <= now.toISOString()) throw isPast(expiresAt)
  return options
}

/** As clients see them. */
export function toOptionFields(options: TenantOptions) {
  const { deletionProtection, expiresAt, expiryAction, driftPolicy, driftIgnore } = options
  return {
    deletion_protection: deletionProtection,
    ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
    expiry_action: expiryAction,
    drift_policy: driftPolicy,
    drift_ignore: [...driftIgnore],
  }
}

function timesOf({ expiresAt, ttlSeconds }: TenantOptions): Pick<TenantOptions, 'expiresAt' | 'ttlSeconds'> {
  return { ...(expiresAt === undefined ? {} : { expiresAt }), ...(ttlSeconds === undefined ? {} : { ttlSeconds }) }
}

function readTimes(
  { expires_at, ttl_seconds }: OptionsInput,
  now: Date,
  known: string | undefined,
): Pick<TenantOptions, 'expiresAt' | 'ttlSeconds'> {
  if (ttl_seconds !== undefined) return { expiresAt: after(now, ttl_seconds), ttlSeconds: ttl_seconds }
  if (expires_at === undefined) return {}
  const expiresAt = normalTime('/expires_at', expires_at)
  // What was accepted once is no mistake now.
  if (expiresAt !== known && expiresAt <= now.toISOString()) throw isPast(expiresAt)
  return { expiresAt }
}

function after(now: Date, seconds: number): string {
  return new Date(now.getTime() + seconds * 1000).toISOString()
}

function refuseBoth({ expires_at, ttl_seconds }: OptionsInput): void {
  if (expires_at === undefined || ttl_seconds === undefined) return
  throw refused('/ttl_seconds', 'says the same as expires_at; send only one of the two')
}

function isPast(expiresAt: string): HttpProblem {
  return refused(
    '/expires_at',
    `has passed (${expiresAt}); send one in the future, or ttl_seconds, or leave both out (in a PATCH: null) for a tenant that never expires`,
  )
}

function refused(pointer: string, message: string): HttpProblem {
  return new HttpProblem({
    code: 'invalid_request',
    detail: `${pointer}: ${message}`,
    issues: [{ pointer, message }],
  })
}
