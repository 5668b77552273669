import type { OrphanScanList, routes } from '@landlord/api-contract'
import { decodeCursor, encodeCursor } from '../http/page-cursor.ts'
import type { Handlers } from '../http/register-routes.ts'
import { deleteOrphan } from '../orphans/delete-orphan.ts'
import { beginScans, scannableProviders } from '../orphans/scan-orphans.ts'
import { triggerScans } from '../orphans/scan-triggers.ts'
import { toOrphan, toScans } from '../orphans/to-orphan.ts'
import type { ServerDeps } from '../server-deps.ts'
import type { OrphanScanRow } from '../store/database.ts'
import { listScans } from '../store/orphan-scan-store.ts'
import { listOrphans } from '../store/orphan-store.ts'
import { answerOnce } from '../tenants/answer-once.ts'
import { writeTenant } from './write-tenant.ts'

type OrphanRoute = 'listOrphans' | 'scanOrphans' | 'deleteOrphan'

const DEFAULT_LIMIT = 50

/** What belongs to no tenant: the last report, a new one, and the end of what it shows. */
export function orphanRoutes(deps: ServerDeps): Pick<Handlers<typeof routes>, OrphanRoute> {
  return {
    async listOrphans({ query }) {
      const { provider, cursor, limit = DEFAULT_LIMIT } = query
      const after = cursor === undefined ? undefined : decodeCursor(cursor, ['id']).id
      const page = {
        limit,
        ...(provider === undefined ? {} : { provider }),
        ...(after === undefined ? {} : { after }),
      }
      const { rows, scans } = await deps.store.snapshot(async (tx) => ({
        rows: await listOrphans(tx, page),
        scans: await listScans(tx),
      }))
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      const next = rows.length > limit && last !== undefined ? { next_cursor: encodeCursor({ id: last.id }) } : {}
      return {
        status: 200,
        body: { orphans: shown.map(toOrphan), scans: toScans(deps.registry, scans), ...next },
      }
    },
    async scanOrphans({ query, headers, context }) {
      const providers = scannableProviders(deps.registry, query.provider)
      const { answer, begun } = await deps.store.transaction(async (tx) => {
        let started: OrphanScanRow[] = []
        const work = async (): Promise<{ status: 200 | 202; body: OrphanScanList }> => {
          started = await beginScans(tx, providers, deps.now())
          const scans = toScans(deps.registry, await listScans(tx))
          const body = { scans: scans.filter(({ provider }) => providers.includes(provider)) }
          return { status: started.length === 0 ? 200 : 202, body }
        }
        const key = headers['idempotency-key']
        if (key === undefined) return { answer: await work(), begun: started }
        const { actor, method, path } = context
        const request = { key, actor, method, path, body: query, now: deps.now() }
        const once = await answerOnce(tx, request, work)
        return { answer: once.answer, begun: started }
      })
      await triggerScans({ ...deps, transaction: deps.store.transaction }, begun)
      return answer
    },
    async deleteOrphan({ params, context }) {
      const answer = await writeTenant(deps, { context }, (tx) => deleteOrphan(tx, deps, params.id, context.actor))
      return { ...answer, status: 202 }
    },
  }
}
