import { Type } from 'typebox'
import { Timestamp } from '../names.ts'
import { describeEvent, desiredChanges, type EventDescription } from './describe-event.ts'

const webhook = { webhook_id: Type.String(), url: Type.String({ description: 'Without its query.' }) }
const exampleWebhook = { webhook_id: '01980a3c-7a10-7cc2-9d61-0f3f5a1c2b3d', url: 'https://example.com/hooks' }

export const WEBHOOK_EVENTS = {
  'webhook.created': describeEvent(
    'Somebody made a webhook.',
    { ...webhook, types: Type.Array(Type.String()), label_selector: Type.Optional(Type.String()) },
    { ...exampleWebhook, types: ['tenant.*', 'operation.failed'], label_selector: 'tier=pro' },
  ),
  'webhook.updated': describeEvent(
    'Somebody changed a webhook.',
    { ...webhook, changes: desiredChanges },
    { ...exampleWebhook, changes: [{ path: '/enabled', from: false, to: true }] },
  ),
  'webhook.secret_rotated': describeEvent(
    'Somebody gave a webhook a new secret.',
    { ...webhook, previous_secret_expires_at: Timestamp },
    { ...exampleWebhook, previous_secret_expires_at: '2026-11-27T12:00:00.000Z' },
  ),
  'webhook.disabled': describeEvent(
    'Landlord gave up on a webhook: its endpoint said that it is gone, or failed for days.',
    {
      ...webhook,
      reason: Type.Enum(['gone', 'failing']),
      failing_since: Type.Optional(Timestamp),
      last_error: Type.Optional(Type.String()),
    },
    { ...exampleWebhook, reason: 'failing', failing_since: '2026-11-21T12:00:00.000Z', last_error: 'answered 500' },
  ),
  'webhook.deleted': describeEvent('Somebody deleted a webhook.', webhook, exampleWebhook),
  'webhook.test': describeEvent(
    'Somebody asked for a test. It goes to that webhook only, whatever its filters are.',
    { ...webhook, delivery_id: Type.String(), message: Type.String() },
    {
      ...exampleWebhook,
      delivery_id: '01980a3c-91b2-7d10-8e44-5a6b7c8d9e0f',
      message: 'a test of this webhook',
    },
  ),
} as const satisfies Record<string, EventDescription>
