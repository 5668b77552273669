import type { ListTenantsQuery, TenantList } from '@landlord/api-contract'
import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import { parseCount } from '../input/tenant-arguments.ts'
import { listAllTenants } from '../list-tenants.ts'
import { printResult, type Result, renderResult } from '../render/print-result.ts'
import { openSession, type Session } from '../session.ts'
import { watch } from '../watch.ts'

interface ListOptions {
  readonly selector?: string
  readonly status?: string
  readonly provider?: string
  readonly search?: string
  readonly drifted?: boolean
  readonly sort?: NonNullable<ListTenantsQuery['sort']>
  readonly limit?: number
  readonly all?: boolean
  readonly includeDeleted?: boolean
  readonly watch?: boolean
}

export function addListCommand(program: Command, context: CliContext): void {
  program
    .command('list')
    .alias('ls')
    .summary('list tenants')
    .description('List tenants, newest first.')
    .option('-l, --selector <selector>', "by labels, e.g. 'tier=pro,region in (eu,us),!trial'")
    .option('--status <statuses>', 'by status; several separated by commas, e.g. failed,updating')
    .option('--provider <provider>', 'by compute provider')
    .option('-q, --search <text>', 'by a part of the name or id')
    .option('--drifted', 'only those that differ from their desired state')
    .option('--sort <field>', 'name, created_at or updated_at; with a leading "-" the other way round')
    .option('--limit <count>', 'at most so many (default 50)', parseCount)
    .option('--all', 'all of them, from as many pages as there are')
    .option('--include-deleted', 'archived tenants too')
    .option('-w, --watch', 'print again when something changes')
    .action(async (options: ListOptions, command: Command) => {
      const session = await openSession(context, command)
      if (options.watch !== true) {
        return printResult(await toResult(session, await list(session, options)), session.output, session.terminal)
      }
      await watch(session, async (signal) =>
        renderResult(await toResult(session, await list(session, options, signal)), session.output),
      )
    })
}

async function list({ client }: Session, options: ListOptions, signal?: AbortSignal): Promise<TenantList> {
  const { selector, status, provider, search, drifted, sort, limit, all, includeDeleted } = options
  const query = {
    ...(selector === undefined ? {} : { label_selector: selector }),
    ...(status === undefined ? {} : { status }),
    ...(provider === undefined ? {} : { provider }),
    ...(search === undefined ? {} : { q: search }),
    ...(drifted === undefined ? {} : { drifted }),
    ...(sort === undefined ? {} : { sort }),
    ...(includeDeleted === true ? { include_deleted: true } : {}),
  }
  const input = signal === undefined ? {} : { signal }
  if (all === true) return listAllTenants(client, query, input)
  return (await client.listTenants({ query: { ...query, ...(limit === undefined ? {} : { limit }) }, ...input })).body
}

async function toResult({ context, terminal }: Session, list: TenantList): Promise<Result> {
  const { renderTenantTable } = await import('../render/tenant-table.ts')
  const { tenants, total } = list
  return {
    data: list,
    names: tenants.map((tenant) => tenant.name),
    text: () => {
      if (tenants.length === 0) return 'No tenants. Create one with: landlord create --tenant-name acme'
      const table = renderTenantTable(tenants, { now: context.now(), colors: terminal.colors })
      return tenants.length < total
        ? `${table}\n${terminal.colors.dim(`${tenants.length} of ${total}; the rest with --all`)}`
        : table
    },
  }
}
