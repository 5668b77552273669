import type { Static } from 'typebox'
import type { Event, EventType } from './event.ts'
import { ACCESS_EVENTS } from './events/access-events.ts'
import type { EventDescription } from './events/describe-event.ts'
import { DRIFT_EVENTS } from './events/drift-events.ts'
import { OPERATION_EVENTS } from './events/operation-events.ts'
import { ORPHAN_EVENTS } from './events/orphan-events.ts'
import { TENANT_EVENTS } from './events/tenant-events.ts'
import { WEBHOOK_EVENTS } from './events/webhook-events.ts'

/** Every type of event with its `data`; `docs/event-types.md` is made from it. */
export const EVENT_CATALOG = {
  ...TENANT_EVENTS,
  ...OPERATION_EVENTS,
  ...DRIFT_EVENTS,
  ...ORPHAN_EVENTS,
  ...ACCESS_EVENTS,
  ...WEBHOOK_EVENTS,
} as const satisfies Record<EventType, EventDescription>

/** What `data` of an event of this type holds. */
export type EventData<Name extends EventType> = Static<(typeof EVENT_CATALOG)[Name]['data']>

/** An event whose `type` tells what its `data` holds. */
export type TypedEvent = {
  [Name in EventType]: Omit<Event, 'type' | 'data'> & { readonly type: Name; readonly data: EventData<Name> }
}[EventType]
