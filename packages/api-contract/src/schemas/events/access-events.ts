import { Type } from 'typebox'
import { Scope } from '../access.ts'
import { Timestamp } from '../names.ts'
import { describeEvent, type EventDescription } from './describe-event.ts'

const token = {
  token_id: Type.String(),
  token_name: Type.String(),
  scope: Scope,
  label_selector: Type.Optional(Type.String()),
  expires_at: Type.Optional(Timestamp),
}
const exampleToken = { token_id: '01980a3c-7a10-7cc2-9d61-0f3f5a1c2b3d', token_name: 'ci', scope: 'operate' } as const

export const ACCESS_EVENTS = {
  'token.created': describeEvent('Somebody made an API token.', token, exampleToken),
  'token.revoked': describeEvent('Somebody revoked an API token.', token, exampleToken),
  'access.refused': describeEvent(
    'A call was refused. Of many in a short time only some are recorded.',
    {
      method: Type.String(),
      route: Type.String({ description: 'Its pattern: what else was sent may be anything.' }),
      status: Type.Integer(),
      reason: Type.String(),
      suppressed: Type.Optional(Type.Integer({ description: 'How many before it were not recorded.' })),
    },
    { method: 'DELETE', route: '/v1/tenants/:tenant', status: 403, reason: 'this needs the scope operate' },
  ),
} as const satisfies Record<string, EventDescription>
