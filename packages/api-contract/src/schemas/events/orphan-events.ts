import { Type } from 'typebox'
import { OperationKind } from '../operation.ts'
import { OrphanReason } from '../orphan.ts'
import { describeEvent, type EventDescription } from './describe-event.ts'

const resources = Type.Array(
  Type.Object({ kind: Type.String(), id: Type.String(), name: Type.Optional(Type.String()) }),
)
const exampleResources = [{ kind: 'container', id: '3f5a1c2b3d', name: 'landlord-acme' }]

export const ORPHAN_EVENTS = {
  'orphan.found': describeEvent(
    'Something carries our marks and belongs to no tenant.',
    { compute_provider: Type.String(), reason: OrphanReason, resources },
    { compute_provider: 'docker', reason: 'no_tenant', resources: exampleResources },
  ),
  'orphan.delete_requested': describeEvent(
    'Somebody asked to delete an orphan.',
    { compute_provider: Type.String(), resources, kind: OperationKind },
    { compute_provider: 'docker', resources: exampleResources, kind: 'delete' },
  ),
} as const satisfies Record<string, EventDescription>
