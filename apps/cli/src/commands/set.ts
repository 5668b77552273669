import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import { usageError } from '../cli-error.ts'
import { addChangeOptions, type ChangeOptions, isChange } from '../input/change-options.ts'
import { addTenantFlags, oneTenant, type TenantFlags } from '../input/tenant-arguments.ts'
import { addWaitOptions, refuseWaitingForPlan, type WaitFlags, waitTimeoutMs } from '../input/wait-options.ts'
import { printPlan } from '../print-plan.ts'
import { printResult } from '../render/print-result.ts'
import { openSession, type Session } from '../session.ts'
import type { Change } from '../set/change-tenant.ts'

interface SetOptions extends TenantFlags, WaitFlags, ChangeOptions {
  readonly dryRun?: boolean
}

export function addSetCommand(program: Command, context: CliContext): void {
  const command = program
    .command('set')
    .summary('change a tenant')
    .description(
      'Change a tenant. What you leave out stays as it is; null in the configuration removes a key. With --replace the\nconfiguration becomes exactly what you give.',
    )
    .argument('[tenant]', 'name or id')
  addChangeOptions(addTenantFlags(command)).option('--dry-run', 'only say what would change, as `landlord plan` does')
  addWaitOptions(command, 'until the change is in place')
    .addHelpText('after', EXAMPLES)
    .action(async (argument: string | undefined, options: SetOptions, command: Command) => {
      const reference = oneTenant(argument, options)
      if (!isChange(options)) {
        throw usageError(
          'what is to change? Give --config, --set, --unset, --secret, --label, --annotation, --provider, --protect, --ttl or --drift-policy',
        )
      }
      refuseWaitingForPlan(options)
      const session = await openSession(context, command)
      if (options.dryRun === true) {
        const { planChange } = await import('../set/plan-change.ts')
        return printPlan(session, await planChange(session, reference, options))
      }
      const { changeTenant } = await import('../set/change-tenant.ts')
      await report(session, await changeTenant(session, reference, options), options)
    })
}

const EXAMPLES = `
Examples:
  landlord set acme --set env.GREETING=hello --wait
  landlord set acme --config '{"env":{"GREETING":"hello","OLD":null}}'
  landlord set acme --config app.yaml --replace --wait
  landlord set acme --label tier=gold --remove-label trial
  landlord set acme --protect --no-expiry
  landlord set acme --drift-policy heal --drift-ignore /desired_count
  landlord set acme --secret DB_PASSWORD=env:LANDLORD_SECRET_DB --dry-run`

async function report(session: Session, { before, after: tenant }: Change, options: SetOptions): Promise<void> {
  const { terminal, output } = session
  const { name, id } = tenant
  if (tenant.version === before.version) {
    const text = () => `${name} is as you want it already; nothing changed`
    return printResult({ data: tenant, names: [name], text }, output, terminal)
  }
  if (tenant.generation === before.generation) {
    const text = () => `${name} changed; its compute stays as it is`
    return printResult({ data: tenant, names: [name], text }, output, terminal)
  }
  if (tenant.paused === true) {
    const text = () => `${name} is paused; the change waits for: landlord unpause ${name}`
    return printResult({ data: tenant, names: [name], text }, output, terminal)
  }
  if (options.wait !== true) {
    const text = () => `${name} is ${tenant.status}; follow it with: landlord wait ${name}`
    return printResult({ data: tenant, names: [name], text }, output, terminal)
  }
  const { awaitTenant, describeArrival } = await import('../wait/await-tenant.ts')
  const awaited = await awaitTenant(session, {
    tenant: { id, name },
    // A suspended tenant is changed where it rests.
    goal: { until: [tenant.suspended === true ? 'suspended' : 'ready'], endsWhenSettled: true },
    timeoutMs: waitTimeoutMs(options),
    resume: `landlord wait ${name}`,
  })
  await printResult(
    { data: awaited.tenant, names: [name], text: () => describeArrival(name, awaited) },
    output,
    terminal,
  )
}
