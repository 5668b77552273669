import type { routes, Webhook } from '@landlord/api-contract'
import type { Transaction } from 'kysely'
import { decodeCursor, encodeCursor } from '../http/page-cursor.ts'
import type { Handlers } from '../http/register-routes.ts'
import type { RequestContext } from '../http/request-context.ts'
import type { ServerDeps } from '../server-deps.ts'
import type { Database, WebhookRow } from '../store/database.ts'
import { countPendingDeliveries, listDeliveries } from '../store/delivery-store.ts'
import { listWebhooks } from '../store/webhook-store.ts'
import { answerOnce } from '../tenants/answer-once.ts'
import {
  createWebhook,
  patchWebhook,
  redeliver,
  removeWebhook,
  requireDelivery,
  requireWebhook,
  rotateSecret,
  sendTest,
  type WebhookChange,
} from '../webhooks/manage-webhooks.ts'
import { toDelivery, toWebhook } from '../webhooks/to-webhook.ts'

type WebhookRoute =
  | 'createWebhook'
  | 'listWebhooks'
  | 'getWebhook'
  | 'patchWebhook'
  | 'deleteWebhook'
  | 'rotateWebhookSecret'
  | 'testWebhook'
  | 'listDeliveries'
  | 'getDelivery'
  | 'redeliver'

const DEFAULT_LIMIT = 50
const KEEP_PREVIOUS_SECONDS = 86_400

interface Write {
  readonly context: RequestContext
  readonly headers?: { readonly 'idempotency-key'?: string }
  readonly body?: unknown
}

/** Webhooks and what was delivered to them. */
export function webhookRoutes(deps: ServerDeps): Pick<Handlers<typeof routes>, WebhookRoute> {
  const { db, transaction } = deps.store

  async function shown(row: WebhookRow, tx: Transaction<Database> | typeof db = db): Promise<Webhook> {
    const pending = (await countPendingDeliveries(tx)).get(row.id) ?? 0
    return toWebhook(row, { pending, now: deps.now() })
  }

  /** One write from end to end, its answer kept under its idempotency key. */
  function write<Answer>(
    { context, headers, body }: Write,
    work: (tx: Transaction<Database>, change: WebhookChange) => Promise<Answer>,
  ): Promise<Answer> {
    return transaction(async (tx) => {
      const now = deps.now()
      const { actor, method, path } = context
      const key = headers?.['idempotency-key']
      const run = () => work(tx, { guard: deps.webhookGuard, actor, now })
      if (key === undefined) return await run()
      return (await answerOnce(tx, { key, actor, method, path, body, now }, run)).answer
    })
  }

  return {
    createWebhook: (input) =>
      write(input, async (tx, change) => {
        const row = await createWebhook(tx, input.body, change)
        const { secret } = row
        return {
          status: 201,
          body: { ...(await shown(row, tx)), secret },
          headers: { location: `/v1/webhooks/${row.id}` },
        }
      }),
    async listWebhooks() {
      const [rows, pending] = await Promise.all([listWebhooks(db), countPendingDeliveries(db)])
      const now = deps.now()
      return {
        status: 200,
        body: { webhooks: rows.map((row) => toWebhook(row, { pending: pending.get(row.id) ?? 0, now })) },
      }
    },
    async getWebhook({ params }) {
      return { status: 200, body: await shown(await requireWebhook(db, params.id)) }
    },
    patchWebhook: (input) =>
      write({ context: input.context }, async (tx, change) => {
        const row = await patchWebhook(tx, await requireWebhook(tx, input.params.id), input.body, change)
        return { status: 200, body: await shown(row, tx) }
      }),
    deleteWebhook: (input) =>
      write({ context: input.context }, async (tx, change) => {
        const row = await requireWebhook(tx, input.params.id)
        const body = await shown(row, tx)
        await removeWebhook(tx, row, change)
        return { status: 200, body }
      }),
    rotateWebhookSecret: (input) =>
      write(input, async (tx, change) => {
        const keep = input.body.keep_previous_seconds ?? KEEP_PREVIOUS_SECONDS
        const row = await rotateSecret(tx, await requireWebhook(tx, input.params.id), keep, change)
        return { status: 200, body: { ...(await shown(row, tx)), secret: row.secret } }
      }),
    testWebhook: (input) =>
      write(input, async (tx, change) => {
        const delivery = await sendTest(tx, await requireWebhook(tx, input.params.id), change)
        return { status: 202, body: toDelivery(delivery) }
      }),
    async listDeliveries({ params, query }) {
      const { id } = await requireWebhook(db, params.id)
      const { limit = DEFAULT_LIMIT, state, cursor } = query
      const rows = await listDeliveries(db, {
        webhookId: id,
        limit,
        ...(state === undefined ? {} : { state }),
        ...(cursor === undefined ? {} : { after: decodeCursor(cursor, ['id']).id }),
      })
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      const next = rows.length > limit && last !== undefined ? { next_cursor: encodeCursor({ id: last.id }) } : {}
      return { status: 200, body: { deliveries: page.map(toDelivery), ...next } }
    },
    async getDelivery({ params }) {
      const { id } = await requireWebhook(db, params.id)
      return { status: 200, body: toDelivery(await requireDelivery(db, id, params.delivery)) }
    },
    redeliver: (input) =>
      write(input, async (tx, change) => {
        const { id, delivery } = input.params
        return { status: 202, body: toDelivery(await redeliver(tx, await requireWebhook(tx, id), delivery, change)) }
      }),
  }
}
