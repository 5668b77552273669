import { type Static, Type } from 'typebox'
import { Timestamp } from './names.ts'
import { Failure } from './operation.ts'

export const ORPHAN_REASONS = ['no_tenant', 'archived_tenant', 'unaccounted'] as const
export const OrphanReason = Type.Enum([...ORPHAN_REASONS], {
  description:
    '`no_tenant`: there is no such tenant; `archived_tenant`: it is archived and should have nothing; `unaccounted`: the tenant lives, or is archived at another provider, and this is neither where it should be nor what its handle names.',
})
export type OrphanReason = Static<typeof OrphanReason>

export const OrphanResource = Type.Object({
  kind: Type.String({ description: "The provider's kind, e.g. `container`, `network`, `service`." }),
  id: Type.String(),
  name: Type.String(),
  created_at: Type.Optional(Timestamp),
})
export type OrphanResource = Static<typeof OrphanResource>

export const Orphan = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    provider: Type.String(),
    tenant_id: Type.String({ description: "As the resources' mark says." }),
    tenant_name: Type.Optional(Type.String({ description: 'Where the audit trail still knows it.' })),
    reason: OrphanReason,
    deletable: Type.Boolean({ description: 'Whether `DELETE /v1/orphans/{id}` can remove it.' }),
    resources: Type.Array(OrphanResource, { description: 'All that was found of it; they are deleted together.' }),
    found_at: Timestamp,
    seen_at: Timestamp,
  },
  { $id: 'Orphan', description: "What a provider holds with this installation's marks, and no tenant accounts for." },
)
export type Orphan = Static<typeof Orphan>

export const ORPHAN_SCAN_STATES = ['never', 'unsupported', 'running', 'succeeded', 'failed'] as const

export const OrphanScan = Type.Object(
  {
    provider: Type.String(),
    state: Type.Enum([...ORPHAN_SCAN_STATES], {
      description: 'Of the last scan. `unsupported`: the provider cannot list what it owns.',
    }),
    reported_at: Type.Optional(Timestamp),
    resources: Type.Integer({ description: 'Resources with our marks that the last scan has seen, so far.' }),
    started_at: Type.Optional(Timestamp),
    finished_at: Type.Optional(Timestamp),
    error: Type.Optional(Failure),
  },
  {
    $id: 'OrphanScan',
    description: '`reported_at` is the age of what is listed of the provider; absent, it was never looked at.',
  },
)
export type OrphanScan = Static<typeof OrphanScan>

export const OrphanScanList = Type.Object({ scans: Type.Array(OrphanScan) }, { $id: 'OrphanScanList' })
export type OrphanScanList = Static<typeof OrphanScanList>

export const OrphanList = Type.Object(
  {
    orphans: Type.Array(Orphan),
    scans: Type.Array(OrphanScan, { description: 'One for each configured provider.' }),
    next_cursor: Type.Optional(Type.String()),
  },
  { $id: 'OrphanList' },
)
export type OrphanList = Static<typeof OrphanList>

const provider = Type.Optional(Type.String({ description: 'Of this provider only.' }))

export const ListOrphansQuery = Type.Object(
  {
    provider,
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
    cursor: Type.Optional(Type.String({ description: '`next_cursor` of the page before.' })),
  },
  { additionalProperties: false },
)
export type ListOrphansQuery = Static<typeof ListOrphansQuery>

export const ScanOrphansQuery = Type.Object({ provider }, { additionalProperties: false })
