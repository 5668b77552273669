import { expect, test } from 'vitest'
import { explainStartFailure } from './explain-start-failure.ts'

test.each([
  [
    'CannotPullContainerError: pull image manifest has been retried 1 time(s): not found',
    404,
    'check that the tag still exists',
  ],
  ['CannotPullContainerError: ref pull has been retried 5 time(s): dial tcp: i/o timeout', 500, 'NAT gateway'],
  ['ResourceInitializationError: unable to pull secrets or registry auth', 500, 'grant the execution role'],
  ['ResourceInitializationError: failed to invoke EFS utils commands', 500, 'NFS (2049)'],
  ['ResourceInitializationError: failed to validate logger args', 500, 'CloudWatch Logs'],
  ['ecs: run task: Capacity is unavailable at this time.', 503, 'ecs.subnets'],
  ['ecs: run task: RESOURCE:ENI', 503, 'ecs.subnets'],
  ['CannotStartContainerError: exec: "x": executable file not found in $PATH', 400, 'does not have the command'],
  ['CannotStartContainerError: exec /x: permission denied', 400, 'may not be executed'],
])('%s', (reason, status, advice) => {
  const error = explainStartFailure(reason)
  expect(error.status).toBe(status)
  // What ECS said comes first: clients look for the engine's words in it.
  expect(error.message.startsWith(`${reason} (`)).toBe(true)
  expect(error.message).toContain(advice)
})

test('a reason that nobody foresaw is told as it is', () => {
  expect(explainStartFailure('Something else.')).toMatchObject({ status: 500, message: 'Something else.' })
})
