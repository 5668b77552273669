import { DescribeClustersCommand } from '@aws-sdk/client-ecs'
import { startEcsEmulator } from '@landlord/ecs-emulator'
import { expect, onTestFinished, test } from 'vitest'
import { openAwsAccount } from '../aws/aws-account.ts'
import { toDockerError } from './to-docker-error.ts'

/** What a client is told when AWS answers a call so. */
async function answerTo(
  type: string,
  message: string,
  status = 400,
): Promise<{ status: number; message: string; awsRequestId?: string }> {
  const emulator = await startEcsEmulator()
  Object.assign(process.env, { AWS_ENDPOINT_URL: emulator.url, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' })
  const aws = openAwsAccount({ region: 'us-east-1' })
  onTestFinished(async () => {
    aws.close()
    await emulator.close()
  })
  emulator.control.injectFault({
    operation: 'DescribeClusters',
    times: 100,
    fault: { kind: 'error', type, message, status },
  })
  const error: unknown = await aws
    .ecs('read')
    .send(new DescribeClustersCommand({}))
    .catch((caught: unknown) => caught)
  return toDockerError(error)
}

test.each([
  ['AccessDeniedException', 'User is not authorized', 500, 'grant the permission'],
  ['ClusterNotFoundException', 'Cluster not found.', 500, 'name another one in ecs.cluster'],
  ['ExpiredTokenException', 'The security token is expired', 500, 'renew the AWS credentials'],
  ['InvalidParameterException', 'Tasks cannot be empty.', 400, ''],
])('%s becomes a Docker error with the operation in front', async (type, message, status, advice) => {
  const error = await answerTo(type, message)
  expect(error.status).toBe(status)
  expect(error.message).toMatch(`ecs: describe clusters: ${type}: ${message}`)
  expect(error.message).toContain(advice)
  expect(error.awsRequestId).toEqual(expect.any(String))
})

test('what nobody foresaw says no more than that', () => {
  expect(toDockerError(new Error('secret details'))).toMatchObject({
    status: 500,
    message: 'internal error of backend-ecs; its log has the details',
  })
})
