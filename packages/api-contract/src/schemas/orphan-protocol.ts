import { type Static, Type } from 'typebox'
import { Timestamp } from './names.ts'
import { Failure } from './operation.ts'

/** Names at the workflow engine: one object per provider, so that two scans of it never overlap. */
export const ORPHAN_SCAN_OBJECT = 'OrphanScan'
export const ORPHAN_SCAN_HANDLER = 'run'

/** Input of `OrphanScan/<provider>/run`. A scan that is over by then is not run again. */
export interface OrphanScanRequest {
  readonly scan_id: string
}

/** So many resources go into one report at most. */
export const OWNED_RESOURCES_PER_REPORT = 200

export const OwnedResourceReport = Type.Object({
  tenant_id: Type.String({ minLength: 1 }),
  kind: Type.String(),
  id: Type.String(),
  name: Type.String(),
  created_at: Type.Optional(Timestamp),
  resource_ids: Type.Optional(Type.Record(Type.String(), Type.String())),
  provider_config: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})
export type OwnedResourceReport = Static<typeof OwnedResourceReport>

const scanFields = {
  seen: Type.Integer({ minimum: 0, description: 'Resources seen so far by this attempt.' }),
  resources: Type.Array(OwnedResourceReport, {
    maxItems: OWNED_RESOURCES_PER_REPORT,
    description: 'Found since the last report. One that comes twice counts once.',
  }),
}

/** What a scan has come to. */
export const OrphanScanReport = Type.Union(
  [
    Type.Object({ ...scanFields, outcome: Type.Literal('in_progress') }),
    Type.Object({ ...scanFields, outcome: Type.Literal('succeeded') }),
    Type.Object({ ...scanFields, outcome: Type.Literal('failed'), error: Failure }),
  ],
  { $id: 'OrphanScanReport' },
)
export type OrphanScanReport = Static<typeof OrphanScanReport>
