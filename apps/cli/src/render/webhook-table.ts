import type { Delivery, Webhook } from '@landlord/api-contract'
import type { Colors } from '../terminal.ts'
import { formatLocalTime } from './format-time.ts'
import { renderFields, renderTable } from './table.ts'

export function renderWebhookTable(webhooks: readonly Webhook[], colors: Colors): string {
  if (webhooks.length === 0) return 'No webhooks. Make one with: landlord webhook create https://example.com/hooks'
  const rows = webhooks.map((webhook) => [
    webhook.id,
    webhook.url,
    filtersOf(webhook),
    stateOf(webhook),
    String(webhook.pending),
  ])
  return renderTable(['ID', 'URL', 'EVENTS', 'STATE', 'PENDING'], rows, colors)
}

export function renderWebhook(webhook: Webhook, colors: Colors): string {
  const { failing_since: since, previous_secret_expires_at: expires } = webhook
  return renderFields(
    [
      ['Id', webhook.id],
      ['URL', webhook.url],
      ['Description', webhook.description],
      ['Events', filtersOf(webhook)],
      ['State', stateOf(webhook)],
      ['Failing', since === undefined ? undefined : `since ${formatLocalTime(since)}: ${webhook.last_error ?? ''}`],
      ['Pending', String(webhook.pending)],
      ['Old secret', expires === undefined ? undefined : `signs too until ${formatLocalTime(expires)}`],
    ],
    colors,
  )
}

export function renderDeliveryTable(deliveries: readonly Delivery[], colors: Colors): string {
  if (deliveries.length === 0) return 'No deliveries'
  const rows = deliveries.map((delivery) => [
    delivery.id,
    formatLocalTime(delivery.created_at),
    delivery.event_type,
    delivery.state,
    String(delivery.attempt_count),
    answerOf(delivery.attempts.at(-1)),
  ])
  return renderTable(['ID', 'TIME', 'EVENT', 'STATE', 'ATTEMPTS', 'LAST ANSWER'], rows, colors)
}

export function renderDelivery(delivery: Delivery, colors: Colors): string {
  const { next_attempt_at: next, finished_at: finished } = delivery
  const attempts = delivery.attempts.map(
    (attempt) =>
      `${formatLocalTime(attempt.at)}  ${answerOf(attempt)}  ${attempt.duration_ms} ms  ${attempt.response ?? ''}`,
  )
  return renderFields(
    [
      ['Id', delivery.id],
      ['Event', `${delivery.event_type} ${delivery.event_id ?? ''}`.trim()],
      ['State', delivery.state],
      ['Next attempt', next === undefined ? undefined : formatLocalTime(next)],
      ['Finished', finished === undefined ? undefined : formatLocalTime(finished)],
      ['Attempts', attempts.join('\n')],
    ],
    colors,
  )
}

function filtersOf({ types, label_selector: selector }: Webhook): string {
  return [types.join(', '), ...(selector === undefined ? [] : [`of ${selector}`])].join(' ')
}

function stateOf({ enabled, disabled_reason: reason, failing_since: since }: Webhook): string {
  if (!enabled) return reason === undefined || reason === 'requested' ? 'disabled' : `disabled (${reason})`
  return since === undefined ? 'enabled' : 'failing'
}

function answerOf(attempt: Delivery['attempts'][number] | undefined): string {
  if (attempt === undefined) return ''
  return attempt.error ?? String(attempt.status_code ?? '')
}
