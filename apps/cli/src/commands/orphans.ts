import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import { parseDuration } from '../input/parse-duration.ts'
import type { OrphansOptions } from '../orphans/run-orphans.ts'
import { openSession } from '../session.ts'

export function addOrphansCommand(program: Command, context: CliContext): void {
  program
    .command('orphans')
    .summary('what belongs to no tenant any more')
    .description(
      'Show what carries the marks of this installation at the providers and belongs to no tenant, as the last scan found it. --scan looks again first; --delete destroys what is shown.',
    )
    .argument('[orphans...]', 'only these: ids of orphans or of tenants')
    .option('--provider <provider>', 'only at this provider')
    .option('--scan', 'look again first, and show how far it is')
    .option('--delete', 'destroy what is shown, for good; asks first')
    .option('-y, --yes', 'do not ask; needed with --delete where there is no terminal')
    .option('--timeout <duration>', 'how long to wait for a scan and for the deletions (default 10m)', parseDuration)
    .action(async (given: string[], options: OrphansOptions, self: Command) => {
      const session = await openSession(context, self)
      const { runOrphans } = await import('../orphans/run-orphans.ts')
      await runOrphans(session, { given, options })
    })
}
