import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import { addChangeOptions, type ChangeOptions, isChange } from '../input/change-options.ts'
import { addTenantFlags, oneTenant, type TenantFlags } from '../input/tenant-arguments.ts'
import { printPlan } from '../print-plan.ts'
import { openSession } from '../session.ts'

export function addPlanCommand(program: Command, context: CliContext): void {
  const command = program
    .command('plan')
    .summary('what a change of a tenant would do')
    .description(
      'What a change would do to a tenant, compared with what runs now; without a change, what `landlord reconcile` would\ndo. Changes nothing. The exit code is 0 without changes and 2 with changes.',
    )
    .argument('[tenant]', 'name or id')
  addChangeOptions(addTenantFlags(command))
    .addHelpText('after', EXAMPLES)
    .action(async (argument: string | undefined, options: TenantFlags & ChangeOptions, self: Command) => {
      const reference = oneTenant(argument, options)
      const hasChange = isChange(options)
      const session = await openSession(context, self)
      const { planChange, planReconciliation } = await import('../set/plan-change.ts')
      const plan = hasChange
        ? await planChange(session, reference, options)
        : await planReconciliation(session, reference, options)
      await printPlan(session, plan)
    })
}

const EXAMPLES = `
Examples:
  landlord plan acme                              what runs now against what should
  landlord plan acme --set env.GREETING=hello     the same as: landlord set acme … --dry-run
  landlord create acme --config app.yaml --dry-run`
