import type { LogLine, routes, WorkerLogItem } from '@landlord/api-contract'
import { AWAY_MS } from '../diagnosis/check-workers.ts'
import { HttpProblem } from '../http/http-problem.ts'
import type { HandlerInput, Handlers } from '../http/register-routes.ts'
import { logStream } from '../logs/log-stream.ts'
import { readWorkerLogs } from '../logs/read-worker-logs.ts'
import { toLogProblem } from '../logs/to-log-problem.ts'
import type { ServerDeps } from '../server-deps.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { listWorkers } from '../store/worker-store.ts'
import { requireTenant } from '../tenants/find-tenant.ts'

const DEFAULT_TAIL = 100
const MOST_LINES = 10_000
const MOST_CHARACTERS = 8_388_608

/** A tenant's output. A worker reads it: the server talks to no target. */
export function logsRoute(deps: ServerDeps): Pick<Handlers<typeof routes>, 'getTenantLogs'> {
  async function open(tenant: StoredTenant, { query, headers, context }: HandlerInput<typeof routes.getTenantLogs>) {
    const follow = query.follow === true || context.wantsStream
    const lastId = headers['last-event-id']
    const isResumed = lastId !== undefined && !Number.isNaN(Date.parse(lastId))
    const since = isResumed ? lastId : query.since
    // Whoever comes back gets all that was missed.
    const tail = isResumed ? undefined : (query.tail ?? (since === undefined ? DEFAULT_TAIL : undefined))
    const signal = AbortSignal.any([context.signal, deps.stopping])
    const urls = await workersFor(deps, tenant.provider)
    const items = await readWorkerLogs(
      { urls, tokens: deps.workerTokens, now: deps.now },
      { tenantId: tenant.id, follow, tail, since },
      signal,
    )
    return { follow, items, signal }
  }

  return {
    async getTenantLogs(input) {
      const { params, context } = input
      const tenant = await requireTenant(deps.store.db, params.tenant, context.actor)
      refuseWithoutLogs(deps, tenant)
      // Also what is not followed: until it is answered it is held in memory.
      deps.streams.admit(context.signal)
      const { follow, items, signal } = await open(tenant, input)
      if (!follow) return { status: 200, body: await collect(tenant, items) }
      const request = { path: context.path, requestId: context.requestId, signal }
      return { status: 200, stream: await logStream(items, (failure) => toLogProblem(tenant.name, failure), request) }
    },
  }
}

async function collect(tenant: StoredTenant, items: AsyncIterable<WorkerLogItem | undefined>) {
  const lines: LogLine[] = []
  let size = 0
  for await (const item of items) {
    if (item === undefined) continue
    if ('error' in item) throw toLogProblem(tenant.name, item.error)
    size += item.line.text.length
    if (lines.length >= MOST_LINES || size > MOST_CHARACTERS) return { lines, truncated: true } as const
    lines.push(item.line)
  }
  return { lines }
}

/** Those that know the provider; others would not find it. */
async function workersFor({ store, now }: ServerDeps, provider: string): Promise<string[]> {
  const workers = await listWorkers(store.db, new Date(now().getTime() - AWAY_MS).toISOString())
  const knowing = workers.filter(({ providers }) => (JSON.parse(providers) as string[]).includes(provider))
  return [...new Set(knowing.map(({ url }) => url))]
}

function refuseWithoutLogs({ registry }: ServerDeps, { name, provider }: StoredTenant): void {
  if (!registry.has(provider) || registry.describe(provider).capabilities.logs) return
  const detail = `tenant ${name} runs on provider "${provider}", which cannot read logs; read them where its target keeps them`
  throw new HttpProblem({ code: 'conflict', detail })
}
