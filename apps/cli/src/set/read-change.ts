import type { PatchTenantRequest, ReplaceTenantRequest, Tenant, TenantSecret } from '@landlord/api-contract'
import type { ChangeOptions } from '../input/change-options.ts'
import { applyAssignments } from '../input/config-assignment.ts'
import type { ConfigObject } from '../input/parse-config.ts'
import { readConfigInput } from '../input/read-config-input.ts'
import { optionsAfter, toOptionPatch } from '../input/tenant-option-flags.ts'
import { toSecrets } from '../input/to-secrets.ts'
import type { Session } from '../session.ts'

/** What is to be sent, and what it is based on. */
export interface ChangeRequest {
  readonly before: Tenant
  readonly change:
    | { readonly kind: 'patch'; readonly body: PatchTenantRequest }
    | { readonly kind: 'replace'; readonly body: ReplaceTenantRequest }
  readonly headers: { readonly 'if-match'?: string }
}

/** A change as it was asked for: a merge patch, or with `replace` the whole desired state on top of what was just read. */
export async function readChange(session: Session, reference: string, options: ChangeOptions): Promise<ChangeRequest> {
  const { client } = session
  const { body: before, headers } = await client.getTenant({ params: { tenant: reference } })
  const config = await readConfig(session, before, options)
  // What is not mentioned is sent back as read, so a change in between must not be lost.
  const etag = options.ifMatch ?? headers.get('etag') ?? undefined
  if (options.replace === true) {
    const body = toReplacement(before, config ?? {}, options)
    return { before, change: { kind: 'replace', body }, headers: ifMatch(etag) }
  }
  const body = toPatch(before, config, options)
  // A list of secrets is sent as a whole.
  const base = body.secrets === undefined ? options.ifMatch : etag
  return { before, change: { kind: 'patch', body }, headers: ifMatch(base) }
}

// `3` and `"3"` are the same version; an ETag is quoted.
export function ifMatch(etag: string | undefined): { 'if-match'?: string } {
  if (etag === undefined) return {}
  return { 'if-match': /^(W\/)?"|^\*$/.test(etag) ? etag : `"${etag}"` }
}

async function readConfig(
  { context, terminal, client }: Session,
  before: Tenant,
  { config, set = [], unset = [], provider }: ChangeOptions,
): Promise<ConfigObject | undefined> {
  const input = { cwd: context.cwd, stdin: terminal.stdin }
  const base = config === undefined ? undefined : await readConfigInput(config, input)
  if (set.length === 0 && unset.length === 0) return base
  const { body } = await client.getComputeConfig({ query: { provider: provider ?? before.compute_provider } })
  return applyAssignments(base ?? {}, { set, unset, schema: body.schema })
}

function toPatch(before: Tenant, config: ConfigObject | undefined, options: ChangeOptions): PatchTenantRequest {
  const { provider, secret, removeSecret, label, removeLabel, annotation, removeAnnotation } = options
  const labels = { ...label, ...nulls(removeLabel) }
  const annotations = { ...annotation, ...nulls(removeAnnotation) }
  return {
    ...(provider === undefined ? {} : { compute_provider: provider }),
    ...(config === undefined ? {} : { compute_config: config }),
    ...(secret === undefined && removeSecret === undefined ? {} : { secrets: secretsAfter(before, options) }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    ...toOptionPatch(options),
  }
}

function toReplacement(before: Tenant, config: ConfigObject, options: ChangeOptions): ReplaceTenantRequest {
  const { provider, label, removeLabel, annotation, removeAnnotation } = options
  return {
    compute_provider: provider ?? before.compute_provider,
    compute_config: config,
    secrets: secretsAfter(before, options),
    labels: without({ ...before.labels, ...label }, removeLabel),
    annotations: without({ ...before.annotations, ...annotation }, removeAnnotation),
    ...optionsAfter(before, options),
  }
}

function secretsAfter({ secrets = [] }: Tenant, { secret, removeSecret }: ChangeOptions): TenantSecret[] {
  const kept = Object.fromEntries(secrets.map(({ name, value_from }) => [name, value_from]))
  return toSecrets(without({ ...kept, ...secret }, removeSecret))
}

function nulls(keys: readonly string[] = []): Record<string, null> {
  return Object.fromEntries(keys.map((key) => [key, null]))
}

function without(pairs: Record<string, string>, keys: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(Object.entries(pairs).filter(([key]) => !keys.includes(key)))
}
