import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import { addTenantFlags, oneTenant, parseCount, type TenantFlags } from '../input/tenant-arguments.ts'
import { printResult, type Result } from '../render/print-result.ts'
import { openSession, type Session } from '../session.ts'

interface OperationsOptions extends TenantFlags {
  readonly id?: string
  readonly limit?: number
}

export function addOperationsCommand(program: Command, context: CliContext): void {
  const command = program
    .command('operations')
    .alias('ops')
    .summary('what was done to a tenant')
    .description('List what was done to a tenant, newest first, or show one operation with what it changed.')
    .argument('[tenant]', 'name or id; the id also after the tenant is gone')
  addTenantFlags(command)
    .option('--id <operation>', 'show this operation')
    .option('--limit <count>', 'at most so many (default 50)', parseCount)
    .action(async (argument: string | undefined, options: OperationsOptions, self: Command) => {
      const session = await openSession(context, self)
      const result =
        options.id === undefined
          ? await list(session, oneTenant(argument, options), options.limit)
          : await show(session, options.id)
      await printResult(result, session.output, session.terminal)
    })
}

async function list(
  { client, context, terminal }: Session,
  tenant: string,
  limit: number | undefined,
): Promise<Result> {
  const query = limit === undefined ? {} : { limit }
  const { body } = await client.listTenantOperations({ params: { tenant }, query })
  const { renderOperationTable } = await import('../render/operation-table.ts')
  return {
    data: body,
    names: body.operations.map(({ id }) => id),
    text: () => renderOperationTable(body.operations, { now: context.now(), colors: terminal.colors }),
  }
}

async function show({ client, context, terminal }: Session, id: string): Promise<Result> {
  const { body: operation } = await client.getOperation({ params: { id } })
  const { renderOperationDetails } = await import('../render/operation-table.ts')
  return {
    data: operation,
    names: [operation.id],
    text: () => renderOperationDetails(operation, { now: context.now(), colors: terminal.colors }),
  }
}
