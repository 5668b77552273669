import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import { addTenantFlags } from '../input/tenant-arguments.ts'
import { addWaitOptions } from '../input/wait-options.ts'
import { LIFECYCLE_ACTIONS } from '../lifecycle/lifecycle-action.ts'
import type { LifecycleOptions } from '../lifecycle/run-lifecycle.ts'
import { openSession } from '../session.ts'

/** Everything of `LIFECYCLE_ACTIONS`. */
export function addLifecycleCommands(program: Command, context: CliContext): void {
  for (const action of LIFECYCLE_ACTIONS) {
    const command = program
      .command(action.name)
      .aliases([...action.aliases])
      .summary(action.summary)
      .description(action.description)
      .argument('[tenants...]', 'names or ids')
    addTenantFlags(command)
      .option('-l, --selector <selector>', "all with these labels, e.g. 'tier=trial'")
      .option('--status <statuses>', 'all in one of these statuses, e.g. failed')
      .option('-y, --yes', 'do not ask; without a terminal nothing is asked anyway')
      .option('--if-match <etag>', 'only if the tenant is still at this version')
    if (action.isDestructive) command.option('--if-exists', 'a tenant that does not exist is no error')
    if (action.isImmediate !== true) addWaitOptions(command, action.until)
    command.action(async (given: string[], options: LifecycleOptions, self: Command) => {
      const session = await openSession(context, self)
      const { runLifecycle } = await import('../lifecycle/run-lifecycle.ts')
      await runLifecycle(session, action, { given, options })
    })
  }
}
