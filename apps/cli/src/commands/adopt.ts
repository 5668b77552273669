import type { Adoption, AdoptTenantRequest, Tenant } from '@landlord/api-contract'
import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import { usageError } from '../cli-error.ts'
import { confirmInFull } from '../confirm.ts'
import { parseDuration } from '../input/parse-duration.ts'
import { collect, collectLabels, type Pairs } from '../input/parse-pairs.ts'
import { type WaitFlags, waitTimeoutMs } from '../input/wait-options.ts'
import { printResult } from '../render/print-result.ts'
import { openSession, type Session } from '../session.ts'
import { readConfig } from './create.ts'

interface AdoptOptions extends WaitFlags {
  readonly resource: string
  readonly provider?: string
  readonly config?: string
  readonly set?: readonly string[]
  readonly label?: Pairs
  readonly dryRun?: boolean
  readonly yes?: boolean
}

export function addAdoptCommand(program: Command, context: CliContext): void {
  program
    .command('adopt')
    .summary('take what runs already into a tenant')
    .description(
      'Take a service or a container that somebody else made into a tenant, without a restart. Shows what would be done, asks,\nand does just that. Without --config it is taken as it runs.',
    )
    .argument('<name>', 'name of the tenant to be')
    .requiredOption(
      '--resource <resource>',
      "what runs, in the provider's terms: ARN of a service, name or id of a container",
    )
    .option('--provider <provider>', 'compute provider; may be left out where only one is configured')
    .option('--config <config>', 'what is to be other than what runs: JSON or YAML, a file, or - for stdin')
    .option('--set <path=value>', 'one value that is to be other than what runs; may be repeated', collect)
    .option('--label <key=value>', 'may be repeated, or several separated by commas', collectLabels)
    .option('--dry-run', 'only show what would be done')
    .option('-y, --yes', 'do not ask; needed where there is no terminal')
    .option('--no-wait', 'do not wait until it is ready')
    .option('--timeout <duration>', 'how long to wait, e.g. 90s or 10m (default 10m)', parseDuration)
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: AdoptOptions, self: Command) => {
      const session = await openSession(context, self)
      const body = await toRequest(session, name, options)
      const plan = await makePlan(session, body)
      if (options.dryRun === true) return await printPlan(session, plan)
      const { renderAdoption } = await import('../render/adoption-details.ts')
      session.terminal.note(renderAdoption(plan, session.terminal.errorColors))
      if (options.yes !== true) await confirmInFull(session.terminal, `Adopt ${plan.resource.name} as ${name}?`)
      const { body: tenant } = await session.client.adoptTenant({ body: { ...body, plan_id: plan.plan_id } })
      if ('plan_id' in tenant) throw new TypeError('the server answered a plan to its own plan')
      await report(session, tenant, options)
    })
}

const EXAMPLES = `
Examples:
  landlord adopt acme --provider docker --resource my-old-container --dry-run
  landlord adopt acme --provider ecs --resource arn:aws:ecs:eu-west-1:123456789012:service/fleet/acme
  landlord adopt acme --provider docker --resource my-old-container --set resources.memory=512`

async function toRequest(session: Session, name: string, options: AdoptOptions): Promise<AdoptTenantRequest> {
  const { resource, provider, label } = options
  const config = await readConfig(session, options)
  return {
    name,
    resource,
    ...(provider === undefined ? {} : { compute_provider: provider }),
    ...(config === undefined ? {} : { compute_config: config }),
    ...(label === undefined ? {} : { labels: label }),
  }
}

async function makePlan({ client }: Session, body: AdoptTenantRequest): Promise<Adoption> {
  const { body: plan } = await client.adoptTenant({ body })
  if ('plan_id' in plan) return plan
  throw usageError('the server adopted without a plan; it is of another version')
}

async function printPlan({ output, terminal }: Session, plan: Adoption): Promise<void> {
  const { renderAdoption } = await import('../render/adoption-details.ts')
  const text = () => `${renderAdoption(plan, terminal.colors)}\n\nNothing was changed.`
  await printResult({ data: plan, names: [plan.tenant_name], text }, output, terminal)
}

async function report(session: Session, tenant: Tenant, options: AdoptOptions): Promise<void> {
  const { terminal, output } = session
  const { id, name, status } = tenant
  if (options.wait === false) {
    const text = () => `${name} is ${status}; follow it with: landlord wait ${name}`
    return await printResult({ data: tenant, names: [name], text }, output, terminal)
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
