import type { Diagnosis, DiagnosisCheck, StuckOperation } from '@landlord/api-contract'
import { describeBrake } from '../drift/brake.ts'
import type { ServerDeps } from '../server-deps.ts'
import { SERVER_VERSION } from '../server-version.ts'
import { readBrake } from '../store/brake-store.ts'
import { countTenantsByStatus } from '../store/list-tenants.ts'
import { listOpenOperations } from '../store/operation-store.ts'
import { listWorkers } from '../store/worker-store.ts'
import { check, count, type Finding, ok, warning, worst } from './check.ts'
import { checkClock } from './check-clock.ts'
import { checkDatabase, checkMigrations } from './check-database.ts'
import { checkProviders } from './check-providers.ts'
import { checkWorkers } from './check-workers.ts'
import { checkEngine, checkInvocations } from './check-workflow.ts'
import { explainStuck, STUCK_AFTER_MS } from './explain-stuck.ts'

export type DiagnosisDeps = Pick<ServerDeps, 'store' | 'workflow' | 'registry' | 'now'>

const DAY_MS = 86_400_000
/** Of open operations that are looked at; a fleet that is stuck as a whole has one reason. */
const LOOKED_AT = 500
const SHOWN = 50

/** Looks at everything that this server depends on, and at the work that does not get on. */
export async function diagnose(deps: DiagnosisDeps, { deep }: { readonly deep: boolean }): Promise<Diagnosis> {
  const { store, workflow, registry, now } = deps
  const stuck = await findStuck(deps).catch(() => undefined)
  const since = new Date(now().getTime() - DAY_MS).toISOString()
  const fromWorkers = async () =>
    checkWorkers(await listWorkers(store.db, since), { now: now(), version: SERVER_VERSION })
  const dependency = 'see that it is up and that the settings name it'
  const [checks, providers] = await Promise.all([
    Promise.all([
      check('database', () => checkDatabase(store, deep), dependency),
      check('migrations', () => checkMigrations(store), dependency),
      check('clock', () => checkClock(store.db, now), dependency),
      check(
        'workflow engine',
        () => checkEngine(workflow),
        'start Restate, or correct workflow.ingress_url and workflow.admin_url',
      ),
      check('invocations', () => checkInvocations(workflow), dependency),
      check('workers', fromWorkers, dependency),
      check('stuck work', async () => describeStuck(stuck), dependency),
      check('failed tenants', () => checkFailed(deps), dependency),
      check('healing', () => checkHealing(deps), dependency),
    ]),
    checkProviders(workflow, registry.list()),
  ])
  const all: DiagnosisCheck[] = [...checks, ...providers]
  return {
    status: worst(all),
    version: SERVER_VERSION,
    server_time: now().toISOString(),
    checks: all,
    stuck: (stuck ?? []).slice(0, SHOWN),
  }
}

async function findStuck({ store, now }: DiagnosisDeps): Promise<StuckOperation[]> {
  const createdBefore = new Date(now().getTime() - STUCK_AFTER_MS).toISOString()
  const open = await listOpenOperations(store.db, { createdBefore, limit: LOOKED_AT })
  return open.flatMap((operation) => {
    const explanation = explainStuck(operation, now())
    if (explanation === undefined) return []
    const { tenant_id, tenant_name, id, kind, state, created_at } = operation
    return [
      {
        tenant_id,
        tenant_name,
        operation_id: id,
        kind: kind as StuckOperation['kind'],
        state: state as StuckOperation['state'],
        created_at,
        ...explanation,
      },
    ]
  })
}

function describeStuck(stuck: readonly StuckOperation[] | undefined): Finding {
  if (stuck === undefined) throw new Error('the database does not tell')
  if (stuck.length === 0) return ok('every open operation gets on')
  return warning(
    `${count(stuck.length, 'operation')} not getting on`,
    'each is listed under `stuck`, with its reason and what helps',
  )
}

async function checkHealing({ store }: DiagnosisDeps): Promise<Finding> {
  const brake = await readBrake(store.db)
  if (brake === undefined) return ok('the brake is not applied')
  return warning(describeBrake(brake), 'find out what happened to the fleet, then: landlord drift resume')
}

async function checkFailed({ store }: DiagnosisDeps): Promise<Finding> {
  const counts = await countTenantsByStatus(store.db)
  const failedTenants = counts.filter(({ status }) => status === 'failed').reduce((sum, { count: one }) => sum + one, 0)
  if (failedTenants === 0) return ok('no tenant has failed')
  return warning(`${count(failedTenants, 'tenant')} failed and wait for a person`, 'landlord list --status failed')
}
