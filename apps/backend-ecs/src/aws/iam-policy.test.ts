import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

interface Statement {
  readonly Sid: string
  readonly Action: string | readonly string[]
}

const source = join(import.meta.dirname, '..')
const policy = JSON.parse(await readFile(join(source, '../iam-policy.json'), 'utf8')) as { Statement: Statement[] }
const actions = policy.Statement.flatMap(({ Action }) => Action)

/** IAM's names of the services behind the SDK's packages. */
const IAM_PREFIXES: Readonly<Record<string, string>> = {
  'client-ecs': 'ecs',
  'client-ec2': 'ec2',
  'client-ecr': 'ecr',
  'client-efs': 'elasticfilesystem',
  'client-servicediscovery': 'servicediscovery',
  'client-cloudwatch-logs': 'logs',
}

/** What AWS checks beside the call that is made. */
const IMPLIED = [
  // Roles of a task, and tags that a call gives to what it makes.
  ...['iam:PassRole', 'logs:TagResource', 'servicediscovery:TagResource', 'elasticfilesystem:TagResource'],
  // Cloud Map makes a hosted zone in the VPC.
  ...['ec2:DescribeVpcs', 'ec2:DescribeRegions', 'route53:CreateHostedZone', 'route53:DeleteHostedZone'],
  ...['route53:ChangeResourceRecordSets', 'route53:ListHostedZonesByName', 'route53:GetHostedZone'],
  // The registry's own protocol.
  ...['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  ...['ecr:InitiateLayerUpload', 'ecr:UploadLayerPart', 'ecr:CompleteLayerUpload', 'ecr:PutImage'],
]

async function calledActions(): Promise<Set<string>> {
  const called = new Set<string>()
  for await (const file of glob(join(source, '**/*.ts'))) {
    if (/\.test\.ts$|__fixtures__/.test(file)) continue
    const text = await readFile(file, 'utf8')
    for (const [, imported = '', client = ''] of text.matchAll(/import \{([^}]*)\} from '@aws-sdk\/([\w-]+)'/g)) {
      for (const [, command, listed] of imported.matchAll(/\b(?:(\w+)Command|paginate(\w+))\b/g)) {
        called.add(`${IAM_PREFIXES[client]}:${command ?? listed}`)
      }
    }
  }
  return called
}

test('the policy in the documentation allows what is called, and no more', async () => {
  expect(actions.toSorted()).toEqual([...(await calledActions()), ...IMPLIED].toSorted())
})
