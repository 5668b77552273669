import { Type } from 'typebox'
import { Timestamp } from '../names.ts'
import { Failure } from '../operation.ts'
import { describeEvent, type EventDescription, operation } from './describe-event.ts'

const exampleFailure = {
  code: 'image_not_found',
  message: 'the image nginx:alpin does not exist, or the registry asks for credentials',
  retryable: false,
  instance_usable: true,
}

export const OPERATION_EVENTS = {
  'operation.started': describeEvent('A worker has picked the operation up.', operation, { kind: 'provision' }),
  'operation.backing_off': describeEvent(
    'A call of the provider failed and will be repeated.',
    {
      attempts: Type.Integer({ description: 'Calls of the provider that failed so far.' }),
      next_retry_at: Timestamp,
      error: Failure,
    },
    {
      attempts: 2,
      next_retry_at: '2026-11-26T12:00:04.000Z',
      error: { code: 'throttled', message: 'the target asked to slow down', retryable: true, instance_usable: true },
    },
  ),
  'operation.superseded': describeEvent(
    'The operation made way for a newer one.',
    { ...operation, generation: Type.Integer(), superseded_by: Type.String({ description: 'Id of the newer one.' }) },
    { kind: 'update', generation: 3, superseded_by: '01980a3c-7a10-7cc2-9d61-0f3f5a1c2b3d' },
  ),
  'operation.failed': describeEvent(
    'The operation failed for good. The tenant stays as it is until somebody decides.',
    { ...operation, error: Failure },
    { kind: 'update', error: exampleFailure },
  ),
} as const satisfies Record<string, EventDescription>
