import { Gauge, type Registry } from 'prom-client'
import type { DeliveryBacklog } from '../store/delivery-store.ts'
import { shareAnswers } from './share-answers.ts'

export interface WebhookSources {
  readonly countDeliveries: () => Promise<DeliveryBacklog>
}

/** What webhooks have not been told yet. Missing while the database does not answer. */
export function registerWebhookGauges(sources: WebhookSources, now: () => Date, registers: Registry[]): void {
  const count = shareAnswers(sources.countDeliveries)
  new Gauge({
    name: 'landlord_webhook_deliveries_pending',
    help: 'Deliveries to enabled webhooks that are to be made or made again.',
    registers,
    async collect() {
      const pending = await count().catch(() => undefined)
      if (pending === undefined) this.remove()
      else this.set(pending.count)
    },
  })
  new Gauge({
    name: 'landlord_webhook_oldest_pending_age_seconds',
    help: 'Age of the oldest delivery to an enabled webhook that is to be made or made again; 0 without one.',
    registers,
    async collect() {
      const pending = await count().catch(() => undefined)
      if (pending === undefined) return this.remove()
      const { oldest } = pending
      this.set(oldest === undefined ? 0 : Math.max(0, now().getTime() - Date.parse(oldest)) / 1000)
    },
  })
}
