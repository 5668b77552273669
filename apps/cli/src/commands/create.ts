import type { CreateTenantRequest, Tenant } from '@landlord/api-contract'
import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import { usageError } from '../cli-error.ts'
import { SECRET_HELP } from '../input/change-options.ts'
import type { ConfigObject } from '../input/parse-config.ts'
import { collect, collectAnnotations, collectLabels, collectSecrets, type Pairs } from '../input/parse-pairs.ts'
import { namedTenants } from '../input/tenant-arguments.ts'
import { addTenantOptionFlags, type TenantOptionFlags, toOptionFields } from '../input/tenant-option-flags.ts'
import { toSecrets } from '../input/to-secrets.ts'
import { addWaitOptions, refuseWaitingForPlan, type WaitFlags, waitTimeoutMs } from '../input/wait-options.ts'
import { printPlan } from '../print-plan.ts'
import { printResult } from '../render/print-result.ts'
import { openSession, type Session } from '../session.ts'

interface CreateOptions extends WaitFlags, TenantOptionFlags {
  readonly tenantName?: string
  readonly provider?: string
  readonly config?: string
  readonly set?: readonly string[]
  readonly secret?: Pairs
  readonly label?: Pairs
  readonly annotation?: Pairs
  readonly idempotencyKey?: string
  readonly dryRun?: boolean
}

export function addCreateCommand(program: Command, context: CliContext): void {
  const command = program
    .command('create')
    .summary('create a tenant')
    .description('Create a tenant. Safe to repeat: the same name with the same configuration changes nothing.')
    .argument('[name]', 'name of the tenant: lower-case letters, digits and dashes')
    .option('--tenant-name <name>', 'same as the argument')
    .option('--provider <provider>', 'compute provider; may be left out where only one is configured')
    .option('--config <config>', 'JSON or YAML, a file (path, @path, file://path), or - for stdin')
    .option('--set <path=value>', 'one value of the configuration, e.g. env.GREETING=hi; may be repeated', collect)
    .option('--secret <name=reference>', SECRET_HELP, collectSecrets)
    .option('--label <key=value>', 'may be repeated, or several separated by commas', collectLabels)
    .option('--annotation <key=value>', 'may be repeated', collectAnnotations)
  addTenantOptionFlags(command)
    .option('--idempotency-key <key>', 'the same key within 24 hours gets the same answer')
    .option('--dry-run', 'only say what would be created, as `landlord plan` does')
  addWaitOptions(command, 'until it is ready')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined, options: CreateOptions, command: Command) => {
      refuseWaitingForPlan(options)
      const session = await openSession(context, command)
      const body = await toRequest(session, nameOf(name, options), options)
      if (options.dryRun === true) return printPlan(session, (await session.client.planCreation({ body })).body)
      const { status, body: tenant } = await session.client.createTenant({
        body,
        headers: options.idempotencyKey === undefined ? {} : { 'idempotency-key': options.idempotencyKey },
      })
      await report(session, { tenant, isNew: status === 201, options })
    })
}

const EXAMPLES = `
Examples:
  landlord create acme --provider docker --config '{"image":"nginx:alpine"}' --wait
  landlord create acme --config app.yaml --label tier=pro --wait
  landlord create trial --provider docker --config app.yaml --ttl 14d
  landlord compute schema docker     what a configuration may hold`

function nameOf(argument: string | undefined, { tenantName }: CreateOptions): string {
  const [name, other] = namedTenants(
    argument === undefined ? [] : [argument],
    tenantName === undefined ? {} : { tenantName },
  )
  if (name === undefined) throw usageError('how is the tenant to be called? Give a name: landlord create acme')
  if (other !== undefined) throw usageError(`one tenant at a time: got ${name} and ${other}`)
  return name
}

async function toRequest(session: Session, name: string, options: CreateOptions): Promise<CreateTenantRequest> {
  const { provider, secret, label, annotation } = options
  const config = await readConfig(session, options)
  return {
    name,
    ...(provider === undefined ? {} : { compute_provider: provider }),
    ...(config === undefined ? {} : { compute_config: config }),
    ...(secret === undefined ? {} : { secrets: toSecrets(secret) }),
    ...(label === undefined ? {} : { labels: label }),
    ...(annotation === undefined ? {} : { annotations: annotation }),
    ...toOptionFields(options),
  }
}

/** Undefined where nothing was given. */
export async function readConfig(
  session: Session,
  { config, set, provider }: Pick<CreateOptions, 'config' | 'set' | 'provider'>,
): Promise<ConfigObject | undefined> {
  if (config === undefined && set === undefined) return undefined
  const { readConfigInput } = await import('../input/read-config-input.ts')
  const { context, terminal, client } = session
  const base = config === undefined ? {} : await readConfigInput(config, { cwd: context.cwd, stdin: terminal.stdin })
  if (set === undefined) return base
  const { applyAssignments } = await import('../input/config-assignment.ts')
  const { body } = await client.getComputeConfig({ query: provider === undefined ? {} : { provider } })
  return applyAssignments(base, { set, unset: [], schema: body.schema })
}

interface Created {
  readonly tenant: Tenant
  readonly isNew: boolean
  readonly options: CreateOptions
}

async function report(session: Session, { tenant, isNew, options }: Created): Promise<void> {
  const { terminal, output } = session
  const { id, name, status } = tenant
  const what = isNew
    ? `${name} created (${tenant.compute_provider})`
    : `${name} exists already, with the same configuration`
  if (options.wait !== true) {
    const next =
      status === 'ready'
        ? `it is ready; see it with: landlord get ${name}`
        : `${status}; follow it with: landlord wait ${name}`
    return printResult({ data: tenant, names: [name], text: () => `${what}: ${next}` }, output, terminal)
  }
  terminal.note(what)
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
