import type { Operation, Tenant } from '@landlord/api-contract'
import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import { addTenantFlags, oneTenant, type TenantFlags } from '../input/tenant-arguments.ts'
import { printResult, type Result, renderResult } from '../render/print-result.ts'
import { openSession, type Session } from '../session.ts'
import { watch } from '../watch.ts'

interface GetOptions extends TenantFlags {
  readonly watch?: boolean
}

export function addGetCommand(program: Command, context: CliContext): void {
  const command = program
    .command('get')
    .aliases(['describe', 'show'])
    .summary('show a tenant')
    .description('Show what a tenant should be, what it is, and what went wrong.')
    .argument('[tenant]', 'name or id')
  addTenantFlags(command)
    .option('-w, --watch', 'print again when something changes')
    .action(async (argument: string | undefined, options: GetOptions, command: Command) => {
      const session = await openSession(context, command)
      const reference = oneTenant(argument, options)
      if (options.watch !== true) return printResult(await look(session, reference), session.output, session.terminal)
      await watch(session, async (signal) => renderResult(await look(session, reference, signal), session.output))
    })
}

async function look(session: Session, reference: string, signal?: AbortSignal): Promise<Result> {
  const { context, terminal, output, client } = session
  const input = signal === undefined ? {} : { signal }
  const { body: tenant } = await client.getTenant({ params: { tenant: reference }, ...input })
  const lastOperation = output === 'table' ? await readLastOperation(session, tenant, input) : undefined
  const { renderTenantDetails } = await import('../render/tenant-details.ts')
  return {
    data: tenant,
    names: [tenant.name],
    text: () => renderTenantDetails({ tenant, lastOperation, now: context.now(), colors: terminal.colors }),
  }
}

async function readLastOperation(
  { client }: Session,
  tenant: Tenant,
  input: { readonly signal?: AbortSignal },
): Promise<Operation | undefined> {
  const params = { tenant: tenant.id }
  const { body } = await client.listTenantOperations({ params, query: { limit: 1 }, ...input })
  return body.operations[0]
}
