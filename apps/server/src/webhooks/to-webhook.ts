import type { Delivery, Webhook } from '@landlord/api-contract'
import type { DeliveryRow, WebhookRow } from '../store/database.ts'

/** As clients see it: without its secrets. */
export function toWebhook(
  row: WebhookRow,
  { pending, now }: { readonly pending: number; readonly now: Date },
): Webhook {
  const hasPrevious = row.previous_secret !== null && (row.previous_secret_expires_at ?? '') > now.toISOString()
  return {
    id: row.id,
    url: row.url,
    ...when('description', row.description),
    types: JSON.parse(row.types),
    ...when('label_selector', row.label_selector),
    enabled: row.enabled === 1,
    ...when('disabled_reason', row.disabled_reason as Webhook['disabled_reason'] | null),
    ...when('failing_since', row.failing_since),
    ...when('last_error', row.last_error),
    pending,
    ...(hasPrevious ? when('previous_secret_expires_at', row.previous_secret_expires_at) : {}),
    created_at: row.created_at,
    updated_at: row.updated_at,
  }
}

export function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    webhook_id: row.webhook_id,
    ...(Number(row.event_seq) > 0 ? { event_id: String(row.event_seq) } : {}),
    event_type: row.event_type,
    state: row.state as Delivery['state'],
    attempt_count: row.attempt_count,
    attempts: JSON.parse(row.attempts),
    ...when('next_attempt_at', row.next_attempt_at),
    created_at: row.created_at,
    ...when('finished_at', row.finished_at),
  }
}

/** What events say of a webhook. The query of a URL often is a secret. */
export function webhookFacts({ id, url }: Pick<WebhookRow, 'id' | 'url'>): { webhook_id: string; url: string } {
  return { webhook_id: id, url: withoutQuery(url) }
}

export function withoutQuery(url: string): string {
  return url.split(/[?#]/)[0] ?? url
}

function when<Key extends string, Value>(key: Key, value: Value | null | undefined): { readonly [K in Key]?: Value } {
  return (value === null || value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: Value }
}
