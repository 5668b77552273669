import { describe, expect, it } from 'vitest'
import { partitionOfRegion } from './aws-partitions.ts'
import { parseEcsClusterArn, parseEcsServiceArn, parseEcsTaskArn, parseEcsTaskDefinitionArn } from './ecs-arns.ts'
import { parseAwsArn } from './parse-aws-arn.ts'
import { parseIamRoleArn } from './parse-iam-role-arn.ts'

const head = (partition: string, region: string): string => `arn:${partition}:ecs:${region}:111122223333:`
const HEAD = head('aws', 'eu-central-1')

describe.each([
  ['aws', 'eu-central-1'],
  ['aws-cn', 'cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1'],
])('ARNs of %s', (partition, region) => {
  const prefix = head(partition, region)
  const place = { partition, region, accountId: '111122223333' }

  it('are read, long and short', () => {
    expect(parseEcsClusterArn(`${prefix}cluster/main`)).toMatchObject({ ...place, clusterName: 'main' })
    const long = { ...place, format: 'long', clusterName: 'main', serviceName: 'web' }
    expect(parseEcsServiceArn(`${prefix}service/main/web`)).toMatchObject(long)
    const short = parseEcsServiceArn(`${prefix}service/web`)
    expect(short).toMatchObject({ ...place, format: 'short', serviceName: 'web' })
    expect(short).not.toHaveProperty('clusterName')
    expect(parseEcsTaskArn(`${prefix}task/main/0a1b`)).toMatchObject({ clusterName: 'main', taskId: '0a1b' })
    expect(parseEcsTaskArn(`${prefix}task/0a1b`)).toMatchObject({ format: 'short', taskId: '0a1b' })
    const definition = parseEcsTaskDefinitionArn(`${prefix}task-definition/web:12`)
    expect(definition).toMatchObject({ ...place, family: 'web', revision: 12 })
    const role = parseIamRoleArn(`arn:${partition}:iam::111122223333:role/team/landlord`)
    expect(role).toMatchObject({ partition, path: '/team/', roleName: 'landlord', region: '' })
  })

  it('are of the partition of their region', () => {
    expect(partitionOfRegion(region).id).toBe(partition)
  })
})

describe('what is not an ARN of the kind', () => {
  it.each<[(text: string) => unknown, string, RegExp]>([
    [parseAwsArn, 'main', /six parts/],
    [parseAwsArn, 'arn:aws:ecs:eu-central-1:111122223333', /six parts/],
    [parseAwsArn, ` ${HEAD}cluster/main`, /white space/],
    [parseAwsArn, 'arn:amazon:ecs:eu-central-1:111122223333:cluster/main', /"amazon" is no partition; those are aws,/],
    [parseAwsArn, 'arn:aws:ecs:eu-central-1:1111:cluster/main', /12 digits, not "1111"/],
    [parseEcsClusterArn, `${HEAD}service/main/web`, /names a service, where a cluster was expected/],
    [parseEcsClusterArn, `${HEAD}cluster/`, /Names are up to 255/],
    [parseEcsClusterArn, `${HEAD}cluster/a/b`, /too few or too many/],
    [parseEcsClusterArn, 'arn:aws:eks:eu-central-1:111122223333:cluster/main', /service "eks", not to ECS/],
    [parseEcsClusterArn, 'arn:aws:ecs:::cluster/main', /region and account are missing/],
    [parseEcsServiceArn, `${HEAD}service/a/b/c`, /too few or too many/],
    [parseEcsTaskDefinitionArn, `${HEAD}task-definition/web`, /family and a revision/],
    [parseIamRoleArn, 'arn:aws:sts::111122223333:assumed-role/landlord/session', /names a session of a role/],
    [parseIamRoleArn, 'arn:aws:iam::111122223333:user/landlord', /is not "role\/"/],
    [parseIamRoleArn, 'arn:aws:iam:::role/landlord', /account is missing/],
  ])('%o of %s', (read, text, message) => {
    expect(() => read(text)).toThrow(message)
    expect(() => read(text)).toThrow(/is not an ARN of the form arn:aws:/)
  })
})

describe('partitionOfRegion', () => {
  it.each([
    ['eusc-de-east-1', 'aws-eusc'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['xx-new-1', 'aws'],
  ])('%s is of %s', (region, id) => {
    expect(partitionOfRegion(region).id).toBe(id)
  })
})
