import type { Readiness, routes } from '@landlord/api-contract'
import { sql } from 'kysely'
import { diagnose } from '../diagnosis/diagnose.ts'
import { describeBrake } from '../drift/brake.ts'
import type { Handlers } from '../http/register-routes.ts'
import type { ServerDeps } from '../server-deps.ts'
import { SERVER_VERSION } from '../server-version.ts'
import { readBrake } from '../store/brake-store.ts'

type SystemRoute = 'getHealth' | 'getReadiness' | 'getDiagnosis'
type Check = Readiness['checks'][string]

export function systemRoutes(deps: ServerDeps): Pick<Handlers<typeof routes>, SystemRoute> {
  return {
    async getHealth() {
      return { status: 200, body: { status: 'ok', version: SERVER_VERSION } }
    },
    async getDiagnosis({ query }) {
      return { status: 200, body: await diagnose(deps, { deep: query.deep === true }) }
    },
    async getReadiness({ context }) {
      const [database, workflow, worker] = await Promise.all([
        check(() => sql`select 1`.execute(deps.store.db)),
        check(() => deps.workflow.checkEngine()),
        check(() => deps.workflow.checkWorker()),
      ])
      const stopping: Record<string, Check> = deps.stopping.aborted
        ? { server: { status: 'unavailable', message: 'the server is stopping' } }
        : {}
      const found = { database, workflow, worker, ...(await brakeRemark(deps)), ...stopping }
      const checks = context.actor.scope === undefined ? withoutMessages(found) : found
      return Object.values(checks).every((one) => one.status === 'ok')
        ? { status: 200, body: { status: 'ok', checks } }
        : { status: 503, body: { status: 'unavailable', checks }, headers: { 'retry-after': '2' } }
    },
  }
}

// Something for a person to look at, and no reason to send requests elsewhere.
async function brakeRemark({ store }: ServerDeps): Promise<Record<string, Check>> {
  const brake = await readBrake(store.db).catch(() => undefined)
  return brake === undefined ? {} : { drift: { status: 'ok', message: describeBrake(brake) } }
}

async function check(attempt: () => Promise<unknown>): Promise<Check> {
  try {
    const remark = await attempt()
    return typeof remark === 'string' ? { status: 'ok', message: remark } : { status: 'ok' }
  } catch (error) {
    return { status: 'unavailable', message: error instanceof Error ? error.message : String(error) }
  }
}

// Load balancers ask without a token; what else is said names addresses inside the installation.
function withoutMessages(checks: Record<string, Check>): Record<string, Check> {
  return Object.fromEntries(Object.entries(checks).map(([name, { status }]) => [name, { status }]))
}
