import { Type } from 'typebox'
import { DriftReason } from '../drift.ts'
import { Timestamp } from '../names.ts'
import { Change, OperationKind } from '../operation.ts'
import { EndpointSchema } from '../tenant.ts'
import { describeEvent, type EventDescription } from './describe-event.ts'

const changes = Type.Array(Change, { description: 'From what is there to what should be; secrets redacted.' })
const exampleChanges = [{ path: '/image', from: 'nginx:1.26', to: 'nginx:1.28', effect: 'replace' as const }]
const brake = {
  turned_bad: Type.Integer({ description: 'Tenants that had turned bad within the window.' }),
  fleet: Type.Integer({ description: 'Tenants under observation then.' }),
  window_seconds: Type.Integer(),
}
const exampleBrake = { turned_bad: 31, fleet: 120, window_seconds: 600 }

export const DRIFT_EVENTS = {
  'tenant.endpoints_changed': describeEvent(
    'A look found the tenant at other places than before.',
    { from: Type.Array(EndpointSchema), to: Type.Array(EndpointSchema) },
    {
      from: [{ protocol: 'tcp', host: '127.0.0.1', port: 32768 }],
      to: [{ protocol: 'tcp', host: '127.0.0.1', port: 32770 }],
    },
  ),
  'tenant.drift_detected': describeEvent(
    'A look found the tenant other than desired, in a way that was not known.',
    { reason: DriftReason, detected_at: Timestamp, message: Type.Optional(Type.String()), changes },
    { reason: 'changed', detected_at: '2026-11-26T12:00:00.000Z', changes: exampleChanges },
  ),
  'tenant.drift_resolved': describeEvent(
    'The tenant is as desired again.',
    {
      reason: Type.Optional(DriftReason),
      detected_at: Type.Optional(Timestamp),
      by: Type.Optional(
        Type.Enum(['itself', 'healing', 'operation'], {
          description: 'What resolved it; `itself` is nothing of ours, `operation` one that somebody asked for.',
        }),
      ),
    },
    { reason: 'changed', detected_at: '2026-11-26T12:00:00.000Z', by: 'healing' },
  ),
  'tenant.drift_healing': describeEvent(
    'Landlord applies the desired state once more, because the tenant has drifted.',
    {
      kind: OperationKind,
      attempt: Type.Integer(),
      limit: Type.Integer({ description: 'After so many healing stops.' }),
      reason: DriftReason,
      changes,
    },
    { kind: 'reconcile', attempt: 1, limit: 3, reason: 'changed', changes: exampleChanges },
  ),
  'tenant.drift_healing_stopped': describeEvent(
    'The drift came back each time: nothing is healed until somebody reconciles or changes the tenant.',
    { attempts: Type.Integer(), window_seconds: Type.Integer(), reason: DriftReason },
    { attempts: 3, window_seconds: 3600, reason: 'changed' },
  ),
  'fleet.brake_applied': describeEvent(
    'Too much of the fleet turned bad at once: nothing is healed until somebody has looked and releases the brake.',
    {
      ...brake,
      drifted_by_reason: Type.Record(Type.String(), Type.Integer(), { description: 'Tenants that have drifted now.' }),
    },
    { ...exampleBrake, drifted_by_reason: { missing: 31 } },
  ),
  'fleet.brake_released': describeEvent(
    'Somebody released the brake.',
    { ...brake, applied_at: Timestamp },
    { ...exampleBrake, applied_at: '2026-11-26T12:00:00.000Z' },
  ),
} as const satisfies Record<string, EventDescription>
