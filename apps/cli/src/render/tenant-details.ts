import { isDeepStrictEqual } from 'node:util'
import type { Operation, Tenant } from '@landlord/api-contract'
import { stringify } from 'yaml'
import type { Colors } from '../terminal.ts'
import { colorStatus } from './color-status.ts'
import { formatAge, formatLocalTime, formatMoment, formatUntil } from './format-time.ts'
import { describeOperation } from './operation-table.ts'
import { renderFields } from './table.ts'

export interface TenantView {
  readonly tenant: Tenant
  readonly lastOperation?: Operation | undefined
  readonly now: number
  readonly colors: Colors
}

/** All about one tenant, for a person. */
export function renderTenantDetails(view: TenantView): string {
  const { tenant, now, colors } = view
  const head = renderFields(
    [
      ['Name', colors.bold(tenant.name)],
      ['Id', tenant.id],
      ['Status', statusLine(view)],
      ['Last error', tenant.status === 'failed' ? undefined : tenant.workflow_error_message],
      ['Provider', tenant.compute_provider],
      ['Endpoints', endpointLines(tenant).join('\n')],
      ['Drift', driftLine(view)],
      ['Generation', generationLine(tenant)],
      ['Secrets', pairs(secretReferences(tenant))],
      ['Labels', pairs(tenant.labels)],
      ['Annotations', pairs(tenant.annotations)],
      ['Expires', expiryLine(tenant, now)],
      ['Protected', tenant.deletion_protection === true ? 'from archive and delete' : undefined],
      ['Created', formatMoment(tenant.created_at, now)],
      ['Updated', `${formatMoment(tenant.updated_at, now)}, version ${tenant.version}`],
      ['Last operation', view.lastOperation && describeOperation(view.lastOperation, colors)],
    ],
    colors,
  )
  return [
    head,
    ...failureSection(view),
    ...yamlSection('Desired configuration', tenant.desired_config, colors),
    ...observedSection(tenant, colors),
    ...yamlSection('Resources', tenant.observed_resource_ids, colors),
  ].join('\n\n')
}

function driftLine({ tenant: { name, drift }, now, colors }: TenantView): string | undefined {
  if (drift === undefined) return undefined
  const { reason, detected_at: since } = drift
  return `${colors.yellow(reason)} for ${formatAge(since, now)}; see how with: landlord drift ${name}`
}

/** Each place where the tenant can be reached, without a scheme where the provider knows none: curl takes it as it stands. */
export function endpointLines({ endpoints }: Pick<Tenant, 'endpoints'>): string[] {
  return endpoints.map(({ name, url, protocol, host, port, container_port: inside }) => {
    const container = inside === undefined ? undefined : `container port ${inside}`
    const notes = [name, container, url === undefined ? protocol : undefined].filter((note) => note !== undefined)
    const place = url ?? `${host.includes(':') ? `[${host}]` : host}:${port}`
    return notes.length === 0 ? place : `${place}  (${notes.join(', ')})`
  })
}

/** Commands that lead a failed tenant out. */
export function waysOutOf(tenant: Tenant): string[] {
  const { name, failed_operation: failed, failure } = tenant
  const again = `${failure?.retryable === false ? 'once the cause is gone, ' : ''}try again: landlord retry ${name} --wait`
  if (failed === 'delete' || failed === 'archive') return [again, `look at it live: landlord status ${name}`]
  if (failed === 'suspend') return [again, `bring it back: landlord resume ${name} --wait`]
  if (failed === 'resume') return [again, `keep it stopped: landlord suspend ${name} --wait`]
  return [`change it: landlord set ${name} --config … --wait`, again, `give it up: landlord delete ${name}`]
}

function statusLine({ tenant, now, colors }: TenantView): string {
  const note = tenant.status === 'ready' ? undefined : tenant.status_message
  const retry =
    tenant.next_retry_at === undefined
      ? undefined
      : `attempt ${(tenant.workflow_retry_count ?? 0) + 1} at ${formatLocalTime(tenant.next_retry_at)}`
  const isLate = retry !== undefined && Date.parse(tenant.next_retry_at ?? '') < now
  // Where something waits for it, the note says so.
  const paused = tenant.paused === true && tenant.workflow_sub_state !== 'paused' ? 'paused' : undefined
  return [colorStatus(tenant.status, colors), paused, note, isLate ? undefined : retry]
    .filter((part) => part !== undefined && part !== '')
    .join(', ')
}

function expiryLine({ expires_at: at, expiry_action: action }: Tenant, now: number): string | undefined {
  if (at === undefined) return undefined
  const then = action === 'delete' ? 'deleted' : 'archived'
  return `${formatLocalTime(at)} (${formatUntil(at, now)}), and is ${then} then`
}

function generationLine({ generation, observed_generation: observed }: Tenant): string {
  return generation === observed
    ? String(generation)
    : `${generation} wanted, ${observed === 0 ? 'none' : observed} in place`
}

function failureSection({ tenant, colors }: TenantView): string[] {
  const { failure } = tenant
  if (failure === undefined || tenant.status !== 'failed') return []
  const lines = [
    `${colors.red(`Failed to ${tenant.failed_operation ?? 'settle'}`)} (${failure.code})`,
    `  ${failure.message}`,
    ...(failure.instance_usable ? ['  The instance from before still serves.'] : []),
    ...waysOutOf(tenant).map((way) => `  ${colors.dim('→')} ${way}`),
  ]
  return [lines.join('\n')]
}

function observedSection({ desired_config: desired, observed_config: observed }: Tenant, colors: Colors): string[] {
  if (observed !== undefined && isDeepStrictEqual(observed, desired))
    return [colors.dim('Observed configuration: the same')]
  return yamlSection('Observed configuration', observed, colors)
}

function yamlSection(title: string, value: Record<string, unknown> | undefined, colors: Colors): string[] {
  if (value === undefined || Object.keys(value).length === 0) return []
  const text = stringify(value, { lineWidth: 0 }).trimEnd()
  return [`${colors.dim(title)}\n${text.replaceAll(/^/gm, '  ')}`]
}

function secretReferences({ secrets = [] }: Tenant): Record<string, string> {
  return Object.fromEntries(secrets.map(({ name, value_from }) => [name, value_from]))
}

function pairs(values: Record<string, string> | undefined): string {
  return Object.entries(values ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')
}
