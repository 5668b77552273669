import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { expectSuccess, isInstalled, type ProgramRun, runProgram } from './__fixtures__/run-program.ts'
import { createManualClock, type EmulatorControl, startEcsEmulator } from './index.ts'

const EXAMPLE = fileURLToPath(new URL('../examples/awscli.sh', import.meta.url))
/** A waiter asks every 6 s (tasks) or 15 s (services), and the program itself takes a second or more to start. */
const TIMEOUT_MS = 150_000

const missing = isInstalled('aws') ? undefined : 'skipped: the AWS command line is not installed'
const scriptMissing = missing ?? (isInstalled('curl') ? undefined : 'skipped: curl is not installed')

describe.skipIf(missing !== undefined)(titled('awscli', missing), () => {
  test('tells what was refused in the words of ECS', { timeout: TIMEOUT_MS }, async () => {
    const { aws } = await startAccount()
    const noCluster = await aws('list-services', '--cluster', 'fleet')
    expect(noCluster.exitCode).not.toBe(0)
    expect(noCluster.stderr).toContain(
      'An error occurred (ClusterNotFoundException) when calling the ListServices operation: Cluster not found.',
    )
    const notEmulated = await aws('discover-poll-endpoint')
    expect(notEmulated.stderr).toContain('DiscoverPollEndpoint of Amazon ECS is not emulated')
  })

  test('runs a task, waits for it, tags it and stops it', { timeout: TIMEOUT_MS }, async () => {
    const { aws, read, pass, calls } = await startAccount()
    await expectSuccess(aws('create-cluster', '--cluster-name', 'fleet'))
    const registered = await read('register-task-definition', ...definitionOf({ name: 'app', image: 'job:1' }))
    expect(registered).toMatchObject({ taskDefinition: { revision: 1, status: 'ACTIVE' } })
    const { tasks } = (await read('run-task', ...RUN)) as { tasks: { taskArn: string }[] }
    const task = tasks[0]?.taskArn ?? ''
    expect(task).toMatch(/:task\/fleet\/[0-9a-f]{32}$/)

    const waited = expectSuccess(aws('wait', 'tasks-running', '--cluster', 'fleet', '--tasks', task))
    await vi.waitUntil(() => calls('DescribeTasks') > 0, { timeout: TIMEOUT_MS })
    pass(30)
    await waited
    expect(calls('DescribeTasks')).toBe(2)

    await expectSuccess(aws('tag-resource', '--resource-arn', task, '--tags', 'key=team,value=shop'))
    expect(await read('list-tags-for-resource', '--resource-arn', task)).toEqual({
      tags: [{ key: 'team', value: 'shop' }],
    })
    expect(await read('list-tasks', '--cluster', 'fleet', '--family', 'job')).toEqual({ taskArns: [task] })

    const stop = ['--cluster', 'fleet', '--task', task, '--reason', 'enough']
    expect(await read('stop-task', ...stop)).toMatchObject({
      task: { lastStatus: 'RUNNING', desiredStatus: 'STOPPED' },
    })
    pass(30)
    await expectSuccess(aws('wait', 'tasks-stopped', '--cluster', 'fleet', '--tasks', task))
    expect(await read('describe-tasks', '--cluster', 'fleet', '--tasks', task)).toMatchObject({
      tasks: [{ lastStatus: 'STOPPED', stopCode: 'UserInitiated', stoppedReason: 'enough' }],
    })
  })

  // The calls that `aws logs tail` of its version 2 makes.
  test('reads what a task has written', { timeout: TIMEOUT_MS }, async () => {
    const { aws, logs, control, pass } = await startAccount()
    control.scriptTasks({ behaviour: { kind: 'run', logs: ['first', 'second'] } })
    await expectSuccess(aws('create-cluster', '--cluster-name', 'fleet'))
    await expectSuccess(logs('create-log-group', '--log-group-name', 'shop'))
    const options = { 'awslogs-group': 'shop', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'job' }
    const container = { name: 'app', image: 'job:1', logConfiguration: { logDriver: 'awslogs', options } }
    await expectSuccess(aws('register-task-definition', ...definitionOf(container)))
    await expectSuccess(aws('run-task', ...RUN))
    pass(30)
    const found = await expectSuccess(
      logs('filter-log-events', '--log-group-name', 'shop', '--interleaved', '--start-time', '0'),
    )
    expect(JSON.parse(found)).toMatchObject({ events: [{ message: 'first' }, { message: 'second' }] })
    const absent = await logs('filter-log-events', '--log-group-name', 'other')
    expect(absent.stderr).toContain('ResourceNotFoundException')
  })
})

describe.skipIf(scriptMissing !== undefined)(titled('the example with awscli', scriptMissing), () => {
  test('creates a service, sees a roll-out rolled back, and deletes it', { timeout: TIMEOUT_MS }, async () => {
    const emulator = await startEcsEmulator({ speed: 60 })
    onTestFinished(() => emulator.close())
    const env = { HOME: await emptyFolder(), EMULATOR_URL: emulator.url }
    const output = await expectSuccess(runProgram('sh', [EXAMPLE], { cwd: env.HOME, env }))
    const definition = 'arn:aws:ecs:us-east-1:000000000000:task-definition/web'
    expect(
      output
        .replace(/ecs-svc\/\d+/, 'ecs-svc/…')
        .trim()
        .split('\n'),
    ).toEqual([
      '== A service, rolled out',
      'ACTIVE',
      `${definition}:1`,
      'IN_PROGRESS',
      `ACTIVE\t${definition}:1\t2`,
      '== A revision whose image cannot be pulled: the circuit breaker rolls it back',
      `${definition}:2`,
      `${definition}:2`,
      `ACTIVE\t${definition}:1\t2`,
      '(service shop) rolling back to deployment ecs-svc/….',
      '== Deleted: it drains first',
      'DRAINING',
      `INACTIVE\t${definition}:1\t0`,
      'INACTIVE',
    ])
  })
})

const definitionOf = (container: object): string[] => [
  ...['--family', 'job', '--network-mode', 'awsvpc', '--cpu', '256', '--memory', '512'],
  ...['--requires-compatibilities', 'FARGATE', '--container-definitions', JSON.stringify([container])],
]
const RUN = [
  ...['--cluster', 'fleet', '--task-definition', 'job', '--launch-type', 'FARGATE'],
  ...['--network-configuration', 'awsvpcConfiguration={subnets=[subnet-1]}'],
]

function titled(what: string, reason: string | undefined): string {
  return reason === undefined ? what : `${what} (${reason})`
}

interface CommandLineAccount {
  /** `aws ecs …` */
  readonly aws: (...parameters: string[]) => Promise<ProgramRun>
  readonly logs: (...parameters: string[]) => Promise<ProgramRun>
  /** What `aws ecs …` prints. */
  readonly read: (...parameters: string[]) => Promise<unknown>
  readonly control: EmulatorControl
  readonly pass: (seconds: number) => void
  readonly calls: (operation: string) => number
}

/** An emulator on a manual clock, and `aws ecs` before it with nothing but its own settings. */
async function startAccount(): Promise<CommandLineAccount> {
  const clock = createManualClock()
  const emulator = await startEcsEmulator({ clock })
  onTestFinished(() => emulator.close())
  const home = await emptyFolder()
  const env = {
    HOME: home,
    AWS_ENDPOINT_URL: emulator.url,
    AWS_DEFAULT_REGION: emulator.region,
    AWS_ACCESS_KEY_ID: 'emulator',
    AWS_SECRET_ACCESS_KEY: 'emulator',
  }
  const service =
    (name: string): CommandLineAccount['aws'] =>
    (...parameters) =>
      runProgram('aws', [name, ...parameters], { cwd: home, env })
  const aws = service('ecs')
  return {
    aws,
    logs: service('logs'),
    control: emulator.control,
    read: async (...parameters) => JSON.parse(await expectSuccess(aws(...parameters))) as unknown,
    pass: (seconds) => clock.advance(seconds * 1000),
    calls: (operation) => emulator.control.counters().calls[operation] ?? 0,
  }
}

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ecs-emulator-awscli-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
