import type { Tenant } from '@landlord/api-contract'
import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import { usageError } from '../cli-error.ts'
import { parseDuration } from '../input/parse-duration.ts'
import { addTenantFlags, namedTenants, type TenantFlags } from '../input/tenant-arguments.ts'
import { type WaitFlags, waitTimeoutMs } from '../input/wait-options.ts'
import { printResult } from '../render/print-result.ts'
import { openSession, type Session } from '../session.ts'
import type { Awaited } from '../wait/await-tenant.ts'
import type { WaitCondition } from '../wait/wait-for-tenant.ts'

/** With `--timeout 0`, too, the server may answer once. */
const SHORTEST_LIMIT_MS = 1000

interface WaitOptions extends TenantFlags, WaitFlags {
  readonly for?: string
}

export function addWaitCommand(program: Command, context: CliContext): void {
  const command = program
    .command('wait')
    .summary('wait until a tenant gets somewhere')
    .description('Wait until nothing is under way any more, or until a tenant gets where you say.')
    .argument('[tenants...]', 'names or ids')
  addTenantFlags(command)
    .option('--for <conditions>', 'settled, gone, or a status; several separated by commas (default settled)')
    .option('--timeout <duration>', 'how long to wait, e.g. 90s or 10m (default 10m)', parseDuration)
    .action(async (given: string[], options: WaitOptions, command: Command) => {
      const session = await openSession(context, command)
      const references = namedTenants(given, options)
      if (references.length === 0)
        throw usageError('which tenant? Give its name or id', 'see what there is with: landlord list')
      const until = await toConditions(options.for ?? 'settled')
      const isOneOfMany = references.length > 1
      const waits = references.map((reference) => waitFor(session, { reference, until, options, isOneOfMany }))
      const results = await Promise.allSettled(waits)
      for (const result of results) if (result.status === 'fulfilled') await print(session, result.value)
      for (const result of results) if (result.status === 'rejected') throw result.reason
    })
}

interface OneWait {
  readonly reference: string
  readonly until: readonly WaitCondition[]
  readonly options: WaitOptions
  readonly isOneOfMany: boolean
}

interface Arrival extends Awaited {
  readonly name: string
}

async function waitFor(session: Session, { reference, until, options, isOneOfMany }: OneWait): Promise<Arrival> {
  const { awaitTenant } = await import('../wait/await-tenant.ts')
  const tenant = await find(session, { reference, until, limitMs: Math.max(SHORTEST_LIMIT_MS, waitTimeoutMs(options)) })
  if (tenant === undefined) return { name: reference, tenant, tookMs: 0 }
  const condition = options.for === undefined ? '' : ` --for ${options.for}`
  const awaited = await awaitTenant(session, {
    tenant,
    goal: { until, endsWhenSettled: false },
    timeoutMs: waitTimeoutMs(options),
    resume: `landlord wait ${tenant.name}${condition}`,
    isOneOfMany,
  })
  return { ...awaited, name: tenant.name }
}

/** Undefined when it is gone and that is what is waited for. */
async function find(
  { client, apiUrl }: Session,
  { reference, until, limitMs }: Pick<OneWait, 'reference' | 'until'> & { readonly limitMs: number },
): Promise<Tenant | undefined> {
  const [{ ApiError }, { answerWithin }] = await Promise.all([
    import('@landlord/api-contract'),
    import('../answer-within.ts'),
  ])
  const params = { tenant: reference }
  try {
    return await answerWithin({ apiUrl, limitMs }, async (signal) => (await client.getTenant({ params, signal })).body)
  } catch (error) {
    if (until.includes('gone') && ApiError.isInstance(error) && error.status === 404) return undefined
    throw error
  }
}

async function toConditions(text: string): Promise<readonly WaitCondition[]> {
  const { WAIT_CONDITIONS } = await import('@landlord/api-contract')
  return text.split(',').map((word) => {
    const condition = WAIT_CONDITIONS.find((known) => known === word.trim())
    if (condition === undefined) throw usageError(`--for ${word}: expected one of ${WAIT_CONDITIONS.join(', ')}`)
    return condition
  })
}

async function print({ output, terminal }: Session, arrival: Arrival): Promise<void> {
  const { describeArrival } = await import('../wait/await-tenant.ts')
  const { name, tenant } = arrival
  const data = tenant ?? { name, gone: true }
  await printResult({ data, names: [name], text: () => describeArrival(name, arrival) }, output, terminal)
}
