import type { Tenant } from '@landlord/api-contract'
import { usageError } from '../cli-error.ts'
import { confirm } from '../confirm.ts'
import { namedTenants, type TenantFlags } from '../input/tenant-arguments.ts'
import { listAllTenants } from '../list-tenants.ts'
import type { Session } from '../session.ts'
import type { LifecycleAction } from './lifecycle-action.ts'

export interface TargetOptions extends TenantFlags {
  readonly selector?: string
  readonly status?: string
  readonly yes?: boolean
  readonly ifExists?: boolean
}

export interface Targets {
  readonly tenants: readonly Tenant[]
  /** Chosen by name, and only one: its error is the command's. */
  readonly isSingle: boolean
}

/** How many names a question lists before it only counts. */
const LISTED_NAMES = 10

/** The tenants that are meant, read from the server, and confirmed where somebody is there to ask. */
export async function chooseTargets(
  session: Session,
  action: LifecycleAction,
  { given, options }: { readonly given: readonly string[]; readonly options: TargetOptions },
): Promise<Targets> {
  const references = namedTenants(given, options)
  const isBulk = options.selector !== undefined || options.status !== undefined
  if (isBulk && references.length > 0) throw usageError('give names, or --selector and --status, not both')
  if (!isBulk && references.length === 0) {
    throw usageError(`which tenant? landlord ${action.name} <name>, or many with --selector`)
  }
  const tenants = isBulk ? await select(session, action, options) : await read(session, references, options)
  if (tenants.length > 0 && options.yes !== true && (action.isDestructive || isBulk)) {
    await confirm(session.terminal, question(action, tenants))
  }
  return { tenants, isSingle: !isBulk && references.length === 1 }
}

async function select({ client }: Session, action: LifecycleAction, options: TargetOptions): Promise<Tenant[]> {
  const { selector, status } = options
  const list = await listAllTenants(client, {
    ...(selector === undefined ? {} : { label_selector: selector }),
    ...(status === undefined ? {} : { status }),
    // An archived tenant can still be deleted.
    ...(action.name === 'delete' ? { include_deleted: true } : {}),
  })
  return list.tenants
}

async function read({ client }: Session, references: readonly string[], options: TargetOptions): Promise<Tenant[]> {
  const { ApiError } = await import('@landlord/api-contract')
  const found = references.map(async (reference) => {
    try {
      return (await client.getTenant({ params: { tenant: reference } })).body
    } catch (error) {
      if (options.ifExists === true && ApiError.isInstance(error) && error.status === 404) return undefined
      throw error
    }
  })
  return (await Promise.all(found)).filter((tenant) => tenant !== undefined)
}

function question(action: LifecycleAction, tenants: readonly Tenant[]): string {
  const [first, ...others] = tenants
  const verb = action.name === 'archive' ? 'Archive' : `${action.name.slice(0, 1).toUpperCase()}${action.name.slice(1)}`
  const compute = action.isDestructive ? ' and destroy the compute' : ''
  if (first !== undefined && others.length === 0) {
    return `${verb} ${first.name} (${first.compute_provider}, ${first.status})${compute}?`
  }
  const names = tenants.slice(0, LISTED_NAMES).map((tenant) => tenant.name)
  const rest = tenants.length > names.length ? ` and ${tenants.length - names.length} more` : ''
  return `${verb} ${tenants.length} tenants${compute}: ${names.join(', ')}${rest}?`
}
