import type { CreateTenantRequest, PatchTenantRequest, Tenant } from '@landlord/api-contract'
import { type Command, InvalidArgumentError } from 'commander'
import { usageError } from '../cli-error.ts'
import { parseDuration } from './parse-duration.ts'
import { collect } from './parse-pairs.ts'

/** What is wanted of a tenant besides its compute. */
export interface TenantOptionFlags {
  /** ISO 8601 in UTC. */
  readonly expiresAt?: string
  /** Milliseconds. */
  readonly ttl?: number
  /** False with `--no-expiry`. */
  readonly expiry?: boolean
  readonly expiryAction?: string
  readonly protect?: boolean
  readonly driftPolicy?: string
  /** False with `--no-drift-ignore`. */
  readonly driftIgnore?: readonly string[] | false
}

type ExpiryAction = NonNullable<Tenant['expiry_action']>
type DriftPolicy = NonNullable<Tenant['drift_policy']>
type OptionKey =
  | 'deletion_protection'
  | 'expires_at'
  | 'ttl_seconds'
  | 'expiry_action'
  | 'drift_policy'
  | 'drift_ignore'

export function addTenantOptionFlags(command: Command): Command {
  return command
    .option('--protect', 'refuse to archive and to delete it, also when it expires')
    .option('--expires-at <time>', 'when it is archived by itself, e.g. 2030-01-31 or 2030-01-31T18:00Z', parseTime)
    .option('--ttl <duration>', 'the same, counted from now, e.g. 14d or 8h', parseDuration)
    .option('--expiry-action <action>', 'what happens then: archive (default) or delete', parseExpiryAction)
    .option('--drift-policy <policy>', 'what is done about drift: report (default) or heal', parseDriftPolicy)
    .option('--drift-ignore <pointer>', 'where a difference is no drift, e.g. /desired_count; may be repeated', collect)
}

/** What takes them back, for a tenant that exists. */
export function addTenantOptionRemovals(command: Command): Command {
  return command
    .option('--no-protect', 'allow to archive and to delete it')
    .option('--no-expiry', 'it never expires')
    .option('--no-drift-ignore', 'every difference is drift')
}

export function hasTenantOptions(flags: TenantOptionFlags): boolean {
  const { expiresAt, ttl, expiry, expiryAction, protect, driftPolicy, driftIgnore } = flags
  return (
    [expiresAt, ttl, expiryAction, protect, driftPolicy, driftIgnore].some((value) => value !== undefined) ||
    expiry === false
  )
}

/** As the API takes them. Throws a usage error for times that exclude each other. */
export function toOptionFields(flags: TenantOptionFlags): Pick<CreateTenantRequest, OptionKey> {
  const { expiresAt, ttl, expiry, expiryAction, protect, driftPolicy, driftIgnore } = flags
  const times = [
    expiresAt !== undefined && '--expires-at',
    ttl !== undefined && '--ttl',
    expiry === false && '--no-expiry',
  ]
  const given = times.filter((flag) => flag !== false)
  if (given.length > 1) throw usageError(`${given.join(' and ')} exclude each other`)
  return {
    ...(protect === undefined ? {} : { deletion_protection: protect }),
    ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
    ...(ttl === undefined ? {} : { ttl_seconds: Math.ceil(ttl / 1000) }),
    ...(expiryAction === undefined ? {} : { expiry_action: expiryAction as ExpiryAction }),
    ...(driftPolicy === undefined ? {} : { drift_policy: driftPolicy as DriftPolicy }),
    ...(driftIgnore === undefined ? {} : { drift_ignore: driftIgnore === false ? [] : [...driftIgnore] }),
  }
}

/** The same as a merge patch. */
export function toOptionPatch(flags: TenantOptionFlags): Pick<PatchTenantRequest, OptionKey> {
  return { ...toOptionFields(flags), ...(flags.expiry === false ? { expires_at: null } : {}) }
}

/** The same with what was there before where the flags say nothing. */
export function optionsAfter(before: Tenant, flags: TenantOptionFlags): Pick<CreateTenantRequest, OptionKey> {
  const { deletion_protection, expires_at, expiry_action, drift_policy, drift_ignore } = before
  const isTimed = flags.expiry === false || flags.expiresAt !== undefined || flags.ttl !== undefined
  return {
    ...(deletion_protection === undefined ? {} : { deletion_protection }),
    ...(expires_at === undefined || isTimed ? {} : { expires_at }),
    ...(expiry_action === undefined ? {} : { expiry_action }),
    ...(drift_policy === undefined ? {} : { drift_policy }),
    ...(drift_ignore === undefined ? {} : { drift_ignore }),
    ...toOptionFields(flags),
  }
}

const TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:\d{2})?)?$/

/** Local time where no zone is given, midnight where no time is. */
function parseTime(text: string): string {
  const [, day, time = '00:00', zone = ''] = TIME.exec(text) ?? []
  const at = new Date(`${day}T${time}${zone}`)
  if (day === undefined || Number.isNaN(at.getTime())) {
    throw new InvalidArgumentError('expected a time such as 2030-01-31, 2030-01-31T18:00 or 2030-01-31T18:00:00Z')
  }
  return at.toISOString()
}

function parseExpiryAction(text: string): string {
  if (text !== 'archive' && text !== 'delete') throw new InvalidArgumentError('expected archive or delete')
  return text
}

function parseDriftPolicy(text: string): string {
  if (text !== 'report' && text !== 'heal') throw new InvalidArgumentError('expected report or heal')
  return text
}
