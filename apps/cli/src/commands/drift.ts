import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import type { DriftOptions } from '../drift/show-drift.ts'
import { addTenantFlags, namedTenants, oneTenant, parseCount } from '../input/tenant-arguments.ts'
import { openSession } from '../session.ts'

export function addDriftCommand(program: Command, context: CliContext): void {
  const command = program
    .command('drift')
    .summary('what differs from its desired state')
    .description(
      'Show which tenants differ from their desired state as last observed, or how one of them does: what is there, and what should be. `landlord plan` looks live.',
    )
    .argument('[tenant]', 'name or id')
  addTenantFlags(command)
    .option('--limit <count>', 'at most so many (default 50)', parseCount)
    .option('--all', 'all of them, from as many pages as there are')
    .action(async (argument: string | undefined, options: DriftOptions, self: Command) => {
      const session = await openSession(context, self)
      const { showDrift, showTenantDrift } = await import('../drift/show-drift.ts')
      const isOfOne = namedTenants(argument === undefined ? [] : [argument], options).length > 0
      if (isOfOne) await showTenantDrift(session, oneTenant(argument, options))
      else await showDrift(session, options)
    })
  command
    .command('resume')
    .summary('let drift be healed again')
    .description(
      'Release the brake, which stops healing when too much of the fleet turns bad at once. Look first: what is wrong with all is hardly ever healed by doing something to each.',
    )
    .option('-y, --yes', 'do not ask; needed where there is no terminal')
    .action(async (options: { readonly yes?: boolean }, self: Command) => {
      const session = await openSession(context, self)
      const { resumeHealing } = await import('../drift/resume-healing.ts')
      await resumeHealing(session, options)
    })
}
