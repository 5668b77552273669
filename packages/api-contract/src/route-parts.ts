import { Type } from 'typebox'
import { TokenReference } from './schemas/access.ts'
import { TenantReference } from './schemas/names.ts'

export const tenantParams = Type.Object({ tenant: TenantReference })
export const tokenParams = Type.Object({ token: TokenReference })
export const idParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) })

export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'Honoured for 24 hours: the same key gets the same answer.',
    }),
  ),
})
export const IfMatchHeaders = Type.Object({
  'if-match': Type.Optional(
    Type.String({ description: 'The ETag that the change is based on; 412 when it is no longer current.' }),
  ),
})
export const WriteHeaders = Type.Object({ ...IdempotencyHeaders.properties, ...IfMatchHeaders.properties })

export const StreamHeaders = Type.Object({
  'last-event-id': Type.Optional(
    Type.String({
      maxLength: 100,
      description: 'Of a stream: goes on after this message. Event sources send it by themselves.',
    }),
  ),
})
