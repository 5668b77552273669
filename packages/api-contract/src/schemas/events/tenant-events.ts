import { Type } from 'typebox'
import { AdoptedResource } from '../adoption.ts'
import { DriftIgnore, DriftPolicy } from '../drift.ts'
import { Timestamp } from '../names.ts'
import { OperationKind } from '../operation.ts'
import { TenantSecrets } from '../secret.ts'
import { ExpiryAction } from '../tenant-options.ts'
import { describeEvent, desiredChanges, type EventDescription, operation, outcome } from './describe-event.ts'

const expiry = { expires_at: Timestamp, expiry_action: ExpiryAction }
const exampleExpiry = { expires_at: '2026-12-24T18:00:00.000Z', expiry_action: 'archive' } as const

export const TENANT_EVENTS = {
  'tenant.created': describeEvent(
    'A tenant was accepted; its provisioning, or its adoption, begins.',
    {
      ...operation,
      compute_provider: Type.String(),
      desired_config: Type.Record(Type.String(), Type.Unknown(), { description: 'Sensitive values redacted.' }),
      secrets: Type.Optional(TenantSecrets),
      labels: Type.Record(Type.String(), Type.String()),
      resource: Type.Optional(
        Type.Object(
          { ...AdoptedResource.properties },
          { description: 'What was adopted, when nothing is provisioned.' },
        ),
      ),
      // Events outlive releases: those of versions that had no such options lack them.
      deletion_protection: Type.Optional(Type.Boolean()),
      expires_at: Type.Optional(Timestamp),
      expiry_action: Type.Optional(ExpiryAction),
      drift_policy: Type.Optional(DriftPolicy),
      drift_ignore: Type.Optional(DriftIgnore),
    },
    {
      kind: 'provision',
      compute_provider: 'docker',
      desired_config: { image: 'nginx:alpine', env: { API_KEY: '[redacted]' } },
      labels: { tier: 'pro' },
      deletion_protection: false,
      expiry_action: 'archive',
      drift_policy: 'report',
      drift_ignore: [],
    },
  ),
  'tenant.updated': describeEvent(
    'A changed desired state was accepted.',
    { ...operation, changes: desiredChanges },
    { kind: 'update', changes: [{ path: '/compute_config/image', from: 'nginx:1.27', to: 'nginx:1.28' }] },
  ),
  'tenant.labels_changed': describeEvent(
    'Changed labels, and nothing else, were accepted.',
    { ...operation, changes: desiredChanges },
    { kind: 'update', changes: [{ path: '/labels/tier', from: 'trial', to: 'pro' }] },
  ),
  'tenant.annotations_changed': describeEvent(
    'Annotations were changed; the provider never sees them.',
    { changes: desiredChanges },
    { changes: [{ path: '/annotations/owner' }] },
  ),
  'tenant.options_changed': describeEvent(
    'Deletion protection, expiry or another option that the provider never sees was changed.',
    { changes: desiredChanges },
    { changes: [{ path: '/deletion_protection', from: false, to: true }] },
  ),
  'tenant.reconcile_requested': describeEvent('Somebody asked to apply the desired state once more.', operation, {
    kind: 'reconcile',
  }),
  'tenant.retry_requested': describeEvent('Somebody asked to try again what failed.', operation, { kind: 'update' }),
  'tenant.suspend_requested': describeEvent('Somebody asked to stop the compute and remember its size.', operation, {
    kind: 'suspend',
  }),
  'tenant.resume_requested': describeEvent('Somebody asked to bring the compute back.', operation, { kind: 'resume' }),
  'tenant.restart_requested': describeEvent('Somebody asked to replace the running copies.', operation, {
    kind: 'restart',
  }),
  'tenant.archive_requested': describeEvent('Somebody asked to destroy the compute and keep the record.', operation, {
    kind: 'archive',
  }),
  'tenant.delete_requested': describeEvent(
    'Somebody asked to destroy the compute and forget the tenant.',
    { kind: Type.Optional(OperationKind) },
    { kind: 'delete' },
  ),
  'tenant.paused': describeEvent('Somebody stopped the reconciling of the tenant; its compute goes on.', {}, {}),
  'tenant.unpaused': describeEvent('Somebody let the reconciling of the tenant go on.', {}, {}),
  'tenant.expiring': describeEvent(
    'The tenant expires within a day. Comes once for each time that is set.',
    expiry,
    exampleExpiry,
  ),
  'tenant.expiry_refused': describeEvent(
    'The tenant has expired, and stays because it is protected from deletion. Comes once.',
    expiry,
    exampleExpiry,
  ),
  'tenant.ready': describeEvent('The provider has settled on the desired state.', outcome, {
    kind: 'update',
    changes: [{ path: '/image', from: 'nginx:1.27', to: 'nginx:1.28', effect: 'replace' }],
  }),
  'tenant.suspended': describeEvent(
    'The compute is stopped as asked, its size is remembered; also after a change of a suspended tenant.',
    outcome,
    { kind: 'suspend' },
  ),
  'tenant.archived': describeEvent('The compute is gone; the record stays.', outcome, { kind: 'archive' }),
  'tenant.deleted': describeEvent(
    'The compute and the record are gone. What the tenant was last is in the fields beside `data`.',
    outcome,
    { kind: 'delete' },
  ),
} as const satisfies Record<string, EventDescription>
