import { execFile } from 'node:child_process'
import { cp, glob, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findTerraform } from '@landlord/test-engine/find-terraform'
import { describe, expect, it, onTestFinished } from 'vitest'

const documents = new URL('../../../docs/ecs/', import.meta.url).pathname
const run = promisify(execFile)

interface Statement {
  readonly Sid: string
  readonly Effect: string
  readonly Action: string | string[]
  readonly Resource: string | string[]
  readonly Condition?: unknown
}

const policy = JSON.parse(await readFile(join(documents, 'iam-policy.json'), 'utf8')) as {
  readonly Version: string
  readonly Statement: Statement[]
}
const actions = policy.Statement.flatMap(({ Action }) => Action)

/** IAM's names of the services behind the SDK's packages. */
const IAM_PREFIXES: Readonly<Record<string, string>> = {
  'client-ecs': 'ecs',
  'client-ec2': 'ec2',
  'client-elastic-load-balancing-v2': 'elasticloadbalancing',
  'client-servicediscovery': 'servicediscovery',
  'client-cloudwatch-logs': 'logs',
}

async function calledActions(): Promise<string[]> {
  const called = new Set<string>()
  for await (const file of glob(join(import.meta.dirname, '**/*.ts'))) {
    if (/\.test\.ts$|__fixtures__/.test(file)) continue
    const source = await readFile(file, 'utf8')
    for (const [, imported = '', client = ''] of source.matchAll(/import \{([^}]*)\} from '@aws-sdk\/([\w-]+)'/g)) {
      for (const [, command] of imported.matchAll(/\b(\w+)Command\b/g)) called.add(`${IAM_PREFIXES[client]}:${command}`)
    }
    for (const [, client = '', used = ''] of source.matchAll(/import\('@aws-sdk\/([\w-]+)'\)([\s\S]*)/g)) {
      for (const [, command] of used.matchAll(/\b(\w+)Command\b/g)) called.add(`${IAM_PREFIXES[client]}:${command}`)
    }
  }
  return [...called].sort()
}

describe('the IAM policy in the documentation', () => {
  it('is a policy as IAM takes it', () => {
    expect(policy.Version).toBe('2012-10-17')
    for (const { Sid, Effect, Resource } of policy.Statement) {
      expect(Sid).toMatch(/^[A-Za-z0-9]+$/)
      expect(Effect).toBe('Allow')
      for (const resource of [Resource].flat()) expect(resource).toMatch(/^(\*|arn:aws:[a-z]+:[\w-]*:\w*:.+)$/)
    }
    expect(new Set(policy.Statement.map(({ Sid }) => Sid)).size).toBe(policy.Statement.length)
  })

  it('allows what the provider calls, and no more', async () => {
    // Not a call of its own: ECS checks it when a service with roles is created.
    expect(actions.filter((action) => action !== 'iam:PassRole').sort()).toEqual(await calledActions())
  })

  it('lets every service of the cluster be described, as listOwned looks at all, and changes only ours', () => {
    const resourceOf = (action: string) => policy.Statement.find(({ Action }) => Action.includes(action))?.Resource
    expect(resourceOf('ecs:DescribeServices')).toBe('arn:aws:ecs:REGION:ACCOUNT:service/CLUSTER/*')
    expect(resourceOf('ecs:DeleteService')).toBe('arn:aws:ecs:REGION:ACCOUNT:service/CLUSTER/landlord-tenant-*')
  })

  it('passes roles to tasks only', () => {
    const statement = policy.Statement.find(({ Action }) => Action === 'iam:PassRole')
    expect(statement?.Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } })
  })

  it('is the same in the Terraform module', async () => {
    const source = await readFile(join(documents, 'terraform/main.tf'), 'utf8')
    const worker = source.slice(0, source.indexOf('resource "aws_iam_policy"'))
    const allowed = [...worker.matchAll(/"([a-z0-9]+:(?!PassedToService)[A-Z]\w+)"/g)].map(([, action]) => action ?? '')
    expect(allowed.sort()).toEqual([...actions].sort())
  })
})

const terraform = findTerraform()
describe.skipIf(terraform.kind === 'absent')(
  `the Terraform module${terraform.kind === 'absent' ? `: ${terraform.why}` : ''}`,
  () => {
    it('is valid', async () => {
      if (terraform.kind === 'absent') return
      const { stdout } = await validate(terraform.pluginDir)
      expect(JSON.parse(stdout)).toMatchObject({ valid: true, error_count: 0, warning_count: 0 })
    }, 120_000)
  },
)

async function validate(pluginDir: string) {
  const folder = await mkdtemp(join(tmpdir(), 'landlord-terraform-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await cp(join(documents, 'terraform'), folder, { recursive: true })
  const environment = { PATH: process.env.PATH, HOME: folder, CHECKPOINT_DISABLE: '1' }
  await run('terraform', ['init', '-input=false', `-plugin-dir=${pluginDir}`], { cwd: folder, env: environment })
  return await run('terraform', ['validate', '-json'], { cwd: folder, env: environment })
}
