import { CloudWatchLogsClient, CreateLogGroupCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import type { ContainerDefinition, Task } from '@aws-sdk/client-ecs'
import { NO_ENGINE } from '@landlord/test-engine'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CREDENTIALS, present } from './__fixtures__/start-account.ts'
import {
  addressOf,
  containersOf,
  type DockerAccount,
  engine,
  greetingOf,
  startDockerAccount,
} from './__fixtures__/start-docker-account.ts'

const patient = { timeout: 60_000, interval: 50 }
/** The engine may be busy with other people's containers. */
const slow = { timeout: 180_000 }
const skipped = engine === undefined ? ` (${NO_ENGINE})` : ''
const shell = (script: string): Partial<ContainerDefinition> => ({
  entryPoint: ['sh', '-c'],
  command: [script],
  portMappings: [],
})

/** The task once it has stopped. */
async function runToTheEnd(
  { run, task }: DockerAccount,
  input: Parameters<DockerAccount['run']>[0] = {},
): Promise<Task> {
  const arn = await run(input)
  await expect.poll(async () => (await task(arn)).lastStatus, patient).toBe('STOPPED')
  return await task(arn)
}

function logsOf({ emulator }: DockerAccount): CloudWatchLogsClient {
  const logs = new CloudWatchLogsClient({ endpoint: emulator.url, region: emulator.region, credentials: CREDENTIALS })
  onTestFinished(() => logs.destroy())
  return logs
}

const awslogs = (more: Record<string, string> = {}) => ({
  logDriver: 'awslogs' as const,
  options: { 'awslogs-group': '/fleet', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'web', ...more },
})

describe.skipIf(engine === undefined)(`a task of real containers${skipped}`, slow, () => {
  it('starts its containers in the order of their dependencies, with a shared volume, network and overrides', async () => {
    const account = await startDockerAccount()
    const { register, run, task } = account
    const mountPoints = [{ sourceVolume: 'site', containerPath: '/tmp/www' }]
    const write = { ...shell('echo "$WORD" > /tmp/www/index.html'), name: 'write', essential: false, mountPoints }
    const wait = {
      ...shell('until wget -q -O /tmp/seen http://www.shop.test:8080/; do sleep 0.1; done; sleep 600'),
      name: 'wait',
    }
    const serve = {
      command: ['exec httpd -f -p 8080 -h /tmp/www'],
      mountPoints,
      extraHosts: [{ hostname: 'www.shop.test', ipAddress: '127.0.0.1' }],
      dependsOn: [{ containerName: 'write', condition: 'SUCCESS' as const }],
    }
    const check = { command: ['CMD-SHELL', 'test -s /tmp/seen'], interval: 5, retries: 2 }
    await register([{ ...wait, healthCheck: check }, serve, write], { volumes: [{ name: 'site' }] })
    const overrides = { containerOverrides: [{ name: 'write', environment: [{ name: 'WORD', value: 'overridden' }] }] }
    const arn = await run({ overrides })
    await expect
      .poll(async () => await task(arn), patient)
      .toMatchObject({ lastStatus: 'RUNNING', healthStatus: 'HEALTHY' })
    const running = await task(arn)
    expect(await greetingOf(running)).toBe('overridden')
    expect(running.containers).toMatchObject([
      {
        name: 'wait',
        lastStatus: 'RUNNING',
        healthStatus: 'HEALTHY',
        runtimeId: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      { name: 'app', lastStatus: 'RUNNING', networkBindings: [] },
      { name: 'write', lastStatus: 'STOPPED', exitCode: 0 },
    ])
    expect(addressOf(running)).toMatch(
      process.platform === 'linux' ? /^127\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./ : /^127/,
    )
  })

  it('shows ports of bridge mode as network bindings on loopback', async () => {
    const { register, run, task } = await startDockerAccount()
    await register([{ memory: 64 }], { networkMode: 'bridge', requiresCompatibilities: ['EC2'] })
    const arn = await run({ launchType: 'EC2', networkConfiguration: undefined })
    await expect.poll(async () => (await task(arn)).lastStatus, patient).toBe('RUNNING')
    const [binding] = present((await task(arn)).containers?.[0]?.networkBindings)
    expect(binding).toMatchObject({ bindIP: '127.0.0.1', containerPort: 8080, protocol: 'tcp' })
    const ask = async (): Promise<string> => await (await fetch(`http://127.0.0.1:${binding?.hostPort}/`)).text()
    await expect.poll(ask, patient).toBe('hello\n')
  })

  it('stops with the exit code of an essential container, and takes the others along', async () => {
    const account = await startDockerAccount()
    await account.register([{ ...shell('exit 3') }, { name: 'other', portMappings: [] }])
    const stopped = await runToTheEnd(account)
    expect(stopped).toMatchObject({ stopCode: 'EssentialContainerExited' })
    expect(stopped.containers?.find(({ name }) => name === 'app')).toMatchObject({ exitCode: 3 })
    expect(await containersOf([stopped])).toEqual(new Map())
  })

  it('is killed where it needs more memory than it has', async () => {
    const account = await startDockerAccount()
    await account.register([{ ...shell('exec dd if=/dev/zero of=/dev/null bs=64M count=1'), memory: 16 }])
    expect((await runToTheEnd(account)).containers).toMatchObject([
      { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
    ])
  })

  it('says which of its settings are not supported, before anything runs', async () => {
    const account = await startDockerAccount()
    await account.register([{ secrets: [{ name: 'PASSWORD', valueFrom: 'arn:aws:ssm:x' }], privileged: true }])
    const stopped = await runToTheEnd(account)
    expect(stopped).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: "The emulator's docker runtime does not support app.secrets, app.privileged.",
    })
  })

  it('fails as AWS words it when its command does not exist', async () => {
    const account = await startDockerAccount()
    await account.register([{ entryPoint: ['/no/such/program'], command: [] }])
    const stopped = await runToTheEnd(account)
    expect(stopped.stoppedReason).toMatch(
      /^CannotStartContainerError: Error response from daemon: .*\/no\/such\/program/,
    )
    expect(await containersOf([stopped])).toEqual(new Map())
  })

  it('fails when what a container depends on does', async () => {
    const account = await startDockerAccount()
    const dependsOn = [{ containerName: 'migrate', condition: 'SUCCESS' as const }]
    await account.register([{ dependsOn }, { ...shell('exit 1'), name: 'migrate', essential: false }])
    const stopped = await runToTheEnd(account)
    expect(stopped.stoppedReason).toContain('failed to resolve the ordering dependency [migrate] for container [app]')
  })

  it('writes what it says to its log stream', async () => {
    const account = await startDockerAccount()
    const logs = logsOf(account)
    await logs.send(new CreateLogGroupCommand({ logGroupName: '/fleet' }))
    await account.register([{ ...shell('echo out; echo err >&2; printf last'), logConfiguration: awslogs() }])
    const stopped = await runToTheEnd(account)
    expect(stopped.startedAt).toBeInstanceOf(Date)
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: '/fleet' }))
    expect(events.map(({ message }) => message).sort()).toEqual(['err', 'last', 'out'])
    expect(events[0]?.logStreamName).toBe(`web/app/${stopped.taskArn?.split('/').at(-1)}`)
  })

  it('does not start without its log group, unless it may make it', async () => {
    const account = await startDockerAccount()
    await account.register([{ ...shell('echo made'), logConfiguration: awslogs() }])
    expect((await runToTheEnd(account)).stoppedReason).toMatch(
      /^ResourceInitializationError: .*The specified log group does not exist\.$/,
    )
    await account.register([{ ...shell('echo made'), logConfiguration: awslogs({ 'awslogs-create-group': 'true' }) }])
    expect(await runToTheEnd(account)).toMatchObject({ stopCode: 'EssentialContainerExited' })
    const { events } = await logsOf(account).send(new FilterLogEventsCommand({ logGroupName: '/fleet' }))
    expect(events).toMatchObject([{ message: 'made' }])
  })

  it('does as its script says where it has one', async () => {
    const account = await startDockerAccount()
    await account.register()
    account.emulator.control.scriptTasks({ behaviour: { kind: 'pull_failure' }, times: 1 })
    expect((await runToTheEnd(account)).stoppedReason).toMatch(/^CannotPullContainerError/)
  })
})
