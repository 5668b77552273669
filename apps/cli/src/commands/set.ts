import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import { usageError } from '../cli-error.ts'
import { collect, collectAnnotations, collectLabels } from '../input/parse-pairs.ts'
import { addTenantFlags, oneTenant, type TenantFlags } from '../input/tenant-arguments.ts'
import { addWaitOptions, type WaitFlags, waitTimeoutMs } from '../input/wait-options.ts'
import { printResult } from '../render/print-result.ts'
import { openSession, type Session } from '../session.ts'
import type { Change, ChangeOptions } from '../set/change-tenant.ts'

interface SetOptions extends TenantFlags, WaitFlags, ChangeOptions {
  readonly patch?: boolean
}

export function addSetCommand(program: Command, context: CliContext): void {
  const command = program
    .command('set')
    .summary('change a tenant')
    .description(
      'Change a tenant. What you leave out stays as it is; null in the configuration removes a key. With --replace the\nconfiguration becomes exactly what you give.',
    )
    .argument('[tenant]', 'name or id')
  addTenantFlags(command)
    .option('--config <config>', 'JSON or YAML, a file (path, @path, file://path), or - for stdin')
    .option('--set <path=value>', 'one value of the configuration, e.g. env.GREETING=hi; may be repeated', collect)
    .option('--unset <path>', 'remove one value of the configuration, e.g. env.GREETING; may be repeated', collect)
    .option('--provider <provider>', 'compute provider')
    .option('--label <key=value>', 'may be repeated, or several separated by commas', collectLabels)
    .option('--remove-label <key>', 'may be repeated', collect)
    .option('--annotation <key=value>', 'may be repeated', collectAnnotations)
    .option('--remove-annotation <key>', 'may be repeated', collect)
    .option('--replace', 'replace the whole configuration instead of merging into it')
    .option('--patch', 'merge; the default, accepted for scripts of the first Landlord')
    .option('--if-match <etag>', 'only if the tenant is still at this version, as `landlord get -o json` shows it')
  addWaitOptions(command, 'until the change is in place')
    .addHelpText('after', EXAMPLES)
    .action(async (argument: string | undefined, options: SetOptions, command: Command) => {
      const reference = oneTenant(argument, options)
      assertSomethingToDo(options)
      const session = await openSession(context, command)
      const { changeTenant } = await import('../set/change-tenant.ts')
      await report(session, await changeTenant(session, reference, options), options)
    })
}

const EXAMPLES = `
Examples:
  landlord set acme --set env.GREETING=hello --wait
  landlord set acme --config '{"env":{"GREETING":"hello","OLD":null}}'
  landlord set acme --config app.yaml --replace --wait
  landlord set acme --label tier=gold --remove-label trial`

function assertSomethingToDo(options: SetOptions): void {
  const { config, set, unset, provider, label, removeLabel, annotation, removeAnnotation, replace, patch } = options
  if (replace === true && patch === true) throw usageError('--replace and --patch exclude each other')
  if (replace === true && unset !== undefined) {
    throw usageError('--replace with --unset: leave the key out of the configuration that you give')
  }
  if (replace === true && config === undefined && set === undefined) {
    throw usageError('--replace needs the new configuration: --config or --set')
  }
  const given = [config, set, unset, provider, label, removeLabel, annotation, removeAnnotation]
  if (given.every((value) => value === undefined)) {
    throw usageError('what is to change? Give --config, --set, --unset, --label, --annotation or --provider')
  }
}

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
  if (options.wait !== true) {
    const text = () => `${name} is ${tenant.status}; follow it with: landlord wait ${name}`
    return printResult({ data: tenant, names: [name], text }, output, terminal)
  }
  const { awaitTenant, describeArrival } = await import('../wait/await-tenant.ts')
  const awaited = await awaitTenant(session, {
    tenant: { id, name },
    goal: { until: ['ready'], endsWhenSettled: true },
    timeoutMs: waitTimeoutMs(options),
    resume: `landlord wait ${name}`,
  })
  await printResult(
    { data: awaited.tenant, names: [name], text: () => describeArrival(name, awaited) },
    output,
    terminal,
  )
}
