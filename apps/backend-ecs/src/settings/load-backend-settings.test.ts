import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { instanceName } from './instance-name.ts'
import { type BackendFlags, loadBackendSettings } from './load-backend-settings.ts'

const FILE = `
ecs:
  region: us-east-1
  cluster: from-file
  subnets: ["subnet-abc123"]
  security_groups: ["sg-abc123"]
  task_role_arn: "arn:aws:iam::000000000000:role/task"
  execution_role_arn: "arn:aws:iam::000000000000:role/execution"
  efs_filesystem_id: "fs-abc123"
  log_group: /sockerless/containers
`

async function load({
  file = FILE,
  env = {},
  flags = {},
}: {
  file?: string
  env?: Record<string, string>
  flags?: BackendFlags
} = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'backend-ecs-settings-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const configFile = join(folder, 'c.yaml')
  await writeFile(configFile, file)
  return loadBackendSettings({ configFile, env, flags, cwd: folder })
}

test('the file of the seed is read, and the rest has defaults', async () => {
  const { values } = await load()
  expect(values).toMatchObject({
    addr: 'unix:///var/run/sockerless-backend.sock',
    ecs: {
      cluster: 'from-file',
      efs_filesystem_id: 'fs-abc123',
      log_group: '/sockerless/containers',
      assign_public_ip: false,
    },
  })
})

test('flags win over the environment, and that over the file', async () => {
  const env = {
    SOCKERLESS_ECS_CLUSTER: 'from-env',
    AWS_REGION: 'eu-west-1',
    SOCKERLESS_ECS_SUBNETS: 'subnet-1,subnet-2',
  }
  expect((await load({ env })).values.ecs).toMatchObject({
    cluster: 'from-env',
    region: 'eu-west-1',
    subnets: ['subnet-1', 'subnet-2'],
  })
  const { values, sources } = await load({
    env: { ...env, SOCKERLESS_ECS_REGION: 'eu-north-1' },
    flags: { cluster: 'from-flag' },
  })
  expect(values.ecs).toMatchObject({ cluster: 'from-flag', region: 'eu-north-1' })
  expect(sources['/ecs/cluster']).toMatchObject({ kind: 'flag' })
})

test('every problem is told at once, each with its source', async () => {
  const file = 'ecs:\n  region: us-east-1\n  cluster: a\n  subnets: [nonsense]\n  colour: red\n'
  await expect(load({ file, env: { SOCKERLESS_ECS_EXECUTION_ROLE_ARN: 'nobody' } })).rejects.toMatchObject({
    name: 'SettingsError',
    message: expect.stringMatching(
      /4 problems[\s\S]*c\.yaml:4:13 ecs\.subnets\[0\][\s\S]*c\.yaml:5:3 ecs\.colour[\s\S]*SOCKERLESS_ECS_EXECUTION_ROLE_ARN ecs\.execution_role_arn|4 problems[\s\S]*/,
    ),
  })
  const issues = await load({ file }).catch((error: { issues: { key: string }[] }) => error.issues)
  expect((issues as { key: string }[]).map(({ key }) => key)).toEqual(
    expect.arrayContaining(['ecs.subnets[0]', 'ecs.colour', 'ecs.security_groups', 'ecs.execution_role_arn']),
  )
})

test('loaded images go to a repository of ECR, and to no other registry', async () => {
  const repository = '123456789012.dkr.ecr.us-east-1.amazonaws.com/team/loaded'
  const { values } = await load({ flags: { 'ecr-repository': repository } })
  expect(values.ecs.ecr_repository).toBe(repository)
  for (const wrong of ['docker.io/team/loaded', `${repository}:latest`, `https://${repository}`]) {
    await expect(load({ flags: { 'ecr-repository': wrong } })).rejects.toThrow(/ecs\.ecr_repository/)
  }
})

test('a token is never shown', async () => {
  const { describe } = await load({ env: { SOCKERLESS_TOKEN: 'hunter2-hunter2-hunter2' } })
  expect(JSON.stringify(describe())).not.toContain('hunter2')
})

test('an instance keeps its name, and another folder is another instance', async () => {
  const { values } = await load()
  const named = { ...values, data_dir: '/a' }
  expect(instanceName(named, 'host')).toBe(instanceName(named, 'host'))
  expect(instanceName(named, 'host')).not.toBe(instanceName({ ...named, data_dir: '/b' }, 'host'))
  expect(instanceName({ ...named, ecs: { ...values.ecs, instance: 'mine' } }, 'host')).toBe('mine')
})
