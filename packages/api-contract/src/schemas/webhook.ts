import { type Static, Type } from 'typebox'
import { Timestamp } from './names.ts'

const url = Type.String({
  minLength: 1,
  maxLength: 2048,
  description:
    'Where events are posted. `https` and a public address, unless the settings `webhooks.allow_http` and `webhooks.allowed_networks` say otherwise.',
})
const types = Type.Array(Type.String({ maxLength: 100 }), {
  minItems: 1,
  maxItems: 100,
  description: 'Types of events, e.g. `tenant.ready`, or `tenant.*`; `*` is every one.',
})
const selector = Type.String({
  maxLength: 4096,
  description: 'Only events of tenants whose labels fitted then, e.g. `tier=pro`. Without it, every event.',
})
const description = Type.String({ maxLength: 255, description: 'For people.' })
const enabled = Type.Boolean({ description: 'What happens while it is false is never delivered by itself.' })

export const WEBHOOK_DISABLED_REASONS = ['requested', 'gone', 'failing'] as const

const webhookFields = {
  id: Type.String({ format: 'uuid' }),
  url,
  description: Type.Optional(description),
  types,
  label_selector: Type.Optional(selector),
  enabled,
  disabled_reason: Type.Optional(
    Type.Enum([...WEBHOOK_DISABLED_REASONS], {
      description: '`gone`: the endpoint answered 410. `failing`: it answered nothing else than failures for days.',
    }),
  ),
  failing_since: Type.Optional(Timestamp),
  last_error: Type.Optional(Type.String({ description: 'Of the last attempt, while it fails.' })),
  pending: Type.Integer({ description: 'Deliveries that are still to be made.' }),
  previous_secret_expires_at: Type.Optional(Timestamp),
  created_at: Timestamp,
  updated_at: Timestamp,
}

export const Webhook = Type.Object(webhookFields, {
  $id: 'Webhook',
  description:
    'Where events are posted, signed as Standard Webhooks has it. Its secret is shown once, when it is made.',
})
export type Webhook = Static<typeof Webhook>

export const WebhookWithSecret = Type.Object(
  { ...webhookFields, secret: Type.String({ description: '`whsec_…`; never shown again.' }) },
  { $id: 'WebhookWithSecret' },
)
export type WebhookWithSecret = Static<typeof WebhookWithSecret>

export const WebhookList = Type.Object({ webhooks: Type.Array(Webhook) }, { $id: 'WebhookList' })
export type WebhookList = Static<typeof WebhookList>

export const CreateWebhookRequest = Type.Object(
  {
    url,
    description: Type.Optional(description),
    types: Type.Optional(types),
    label_selector: Type.Optional(selector),
    enabled: Type.Optional(enabled),
  },
  { $id: 'CreateWebhookRequest', additionalProperties: false },
)
export type CreateWebhookRequest = Static<typeof CreateWebhookRequest>

export const PatchWebhookRequest = Type.Object(
  {
    url: Type.Optional(url),
    description: Type.Optional(Type.Union([description, Type.Null()])),
    types: Type.Optional(types),
    label_selector: Type.Optional(Type.Union([selector, Type.Null()])),
    enabled: Type.Optional(enabled),
  },
  { $id: 'PatchWebhookRequest', additionalProperties: false, description: 'What is left out stays, `null` removes.' },
)
export type PatchWebhookRequest = Static<typeof PatchWebhookRequest>

export const RotateSecretRequest = Type.Object(
  {
    keep_previous_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 604_800,
        default: 86_400,
        description: 'For so long both secrets sign, so that receivers can change over.',
      }),
    ),
  },
  { $id: 'RotateSecretRequest', additionalProperties: false },
)
export type RotateSecretRequest = Static<typeof RotateSecretRequest>

export const DELIVERY_STATES = ['pending', 'succeeded', 'failed'] as const
const DeliveryState = Type.Enum([...DELIVERY_STATES], {
  description: '`pending` is still to be made, or tried again; the others are final until somebody redelivers it.',
})

export const DeliveryAttempt = Type.Object(
  {
    at: Timestamp,
    duration_ms: Type.Integer(),
    status_code: Type.Optional(Type.Integer({ description: 'Absent where nothing answered.' })),
    error: Type.Optional(Type.String({ description: 'Why it does not count as delivered.' })),
    response: Type.Optional(Type.String({ description: 'The beginning of the answer, as text: at most 1 KiB.' })),
  },
  { $id: 'DeliveryAttempt' },
)
export type DeliveryAttempt = Static<typeof DeliveryAttempt>

export const Delivery = Type.Object(
  {
    id: Type.String({ format: 'uuid', description: 'Also its `webhook-id`, however often it is sent.' }),
    webhook_id: Type.String(),
    event_id: Type.Optional(Type.String({ description: 'Absent for a moment after a test was asked for.' })),
    event_type: Type.String(),
    state: DeliveryState,
    attempt_count: Type.Integer(),
    attempts: Type.Array(DeliveryAttempt, { description: 'The last 20, oldest first.' }),
    next_attempt_at: Type.Optional(Timestamp),
    created_at: Timestamp,
    finished_at: Type.Optional(Timestamp),
  },
  { $id: 'Delivery', description: 'One event on its way to one webhook.' },
)
export type Delivery = Static<typeof Delivery>

export const DeliveryList = Type.Object(
  { deliveries: Type.Array(Delivery), next_cursor: Type.Optional(Type.String()) },
  { $id: 'DeliveryList' },
)
export type DeliveryList = Static<typeof DeliveryList>

export const DeliveriesQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
    cursor: Type.Optional(Type.String({ description: '`next_cursor` of the page before.' })),
    state: Type.Optional(DeliveryState),
  },
  { additionalProperties: false },
)
export type DeliveriesQuery = Static<typeof DeliveriesQuery>
