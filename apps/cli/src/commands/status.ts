import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import { addTenantFlags, oneTenant, type TenantFlags } from '../input/tenant-arguments.ts'
import { printResult, type Result, renderResult } from '../render/print-result.ts'
import { openSession, type Session } from '../session.ts'
import { watch } from '../watch.ts'

interface StatusOptions extends TenantFlags {
  readonly watch?: boolean
}

export function addStatusCommand(program: Command, context: CliContext): void {
  const command = program
    .command('status')
    .summary('look at the compute of a tenant, live')
    .description(
      "Look at the compute of a tenant, live: its provider is asked now. `landlord get` shows Landlord's record.",
    )
    .argument('[tenant]', 'name or id')
  addTenantFlags(command)
    .option('-w, --watch', 'print again when something changes')
    .action(async (argument: string | undefined, options: StatusOptions, self: Command) => {
      const session = await openSession(context, self)
      const reference = oneTenant(argument, options)
      if (options.watch !== true) return printResult(await look(session, reference), session.output, session.terminal)
      await watch(session, async (signal) => renderResult(await look(session, reference, signal), session.output))
    })
}

async function look({ client, context, terminal }: Session, reference: string, signal?: AbortSignal): Promise<Result> {
  const input = signal === undefined ? {} : { signal }
  const { body: status } = await client.getComputeStatus({ params: { tenant: reference }, ...input })
  const { renderStatusDetails } = await import('../render/status-details.ts')
  return {
    data: status,
    names: [status.state],
    text: () => renderStatusDetails(status, { now: context.now(), colors: terminal.colors }),
  }
}
