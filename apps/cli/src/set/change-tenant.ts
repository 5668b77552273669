import type { PatchTenantRequest, ReplaceTenantRequest, Tenant } from '@landlord/api-contract'
import { applyAssignments } from '../input/config-assignment.ts'
import type { ConfigObject } from '../input/parse-config.ts'
import type { Pairs } from '../input/parse-pairs.ts'
import { readConfigInput } from '../input/read-config-input.ts'
import type { Session } from '../session.ts'

export interface ChangeOptions {
  readonly config?: string
  readonly set?: readonly string[]
  readonly unset?: readonly string[]
  readonly provider?: string
  readonly label?: Pairs
  readonly removeLabel?: readonly string[]
  readonly annotation?: Pairs
  readonly removeAnnotation?: readonly string[]
  readonly replace?: boolean
  readonly ifMatch?: string
}

export interface Change {
  readonly before: Tenant
  readonly after: Tenant
}

/** Sends the change: a merge patch, or with `replace` the whole desired state on top of what was just read. */
export async function changeTenant(session: Session, reference: string, options: ChangeOptions): Promise<Change> {
  const { client } = session
  const { body: before, headers } = await client.getTenant({ params: { tenant: reference } })
  const config = await readConfig(session, before, options)
  const params = { tenant: before.id }
  if (options.replace === true) {
    // Labels and annotations that are not mentioned are sent back as read, so a change in between must not be lost.
    const etag = options.ifMatch ?? headers.get('etag') ?? undefined
    const body = toReplacement(before, config ?? {}, options)
    const { body: after } = await client.replaceTenant({ params, body, headers: ifMatch(etag) })
    return { before, after }
  }
  const body = toPatch(config, options)
  const { body: after } = await client.patchTenant({ params, body, headers: ifMatch(options.ifMatch) })
  return { before, after }
}

// `3` and `"3"` are the same version; an ETag is quoted.
function ifMatch(etag: string | undefined): { 'if-match'?: string } {
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

function toPatch(config: ConfigObject | undefined, options: ChangeOptions): PatchTenantRequest {
  const { provider, label, removeLabel, annotation, removeAnnotation } = options
  const labels = { ...label, ...nulls(removeLabel) }
  const annotations = { ...annotation, ...nulls(removeAnnotation) }
  return {
    ...(provider === undefined ? {} : { compute_provider: provider }),
    ...(config === undefined ? {} : { compute_config: config }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  }
}

function toReplacement(before: Tenant, config: ConfigObject, options: ChangeOptions): ReplaceTenantRequest {
  const { provider, label, removeLabel, annotation, removeAnnotation } = options
  return {
    compute_provider: provider ?? before.compute_provider,
    compute_config: config,
    labels: without({ ...before.labels, ...label }, removeLabel),
    annotations: without({ ...before.annotations, ...annotation }, removeAnnotation),
  }
}

function nulls(keys: readonly string[] = []): Record<string, null> {
  return Object.fromEntries(keys.map((key) => [key, null]))
}

function without(pairs: Record<string, string>, keys: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(Object.entries(pairs).filter(([key]) => !keys.includes(key)))
}
