import { CreateClusterCommand, RegisterTaskDefinitionCommand, RunTaskCommand } from '@aws-sdk/client-ecs'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { openTestAccount } from '../__fixtures__/open-test-account.ts'
import { createTaskWatch, type TaskListener } from './task-watch.ts'

/** A watch that looks when it is told to, on a clock that stands still, over an account in which tasks start at once. */
async function startWatch(onTask: TaskListener) {
  const { emulator, aws } = await openTestAccount()
  const ecs = aws.ecs('write')
  await ecs.send(new CreateClusterCommand({ clusterName: 'sockerless' }))
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'container', image: 'busybox' }],
    }),
  )
  const clock = { now: Date.now() }
  const watch = createTaskWatch(
    {
      aws,
      settings: { ecs: { cluster: 'sockerless' } } as never,
      logger: pino({ level: 'silent' }),
      now: () => new Date(clock.now),
      watchTimings: { fastMs: 3_600_000, slowMs: 3_600_000 },
    },
    onTask,
  )
  onTestFinished(() => watch.close())
  const run = async (count: number): Promise<string[]> => {
    const awsvpcConfiguration = { subnets: ['subnet-abc123'] }
    const answers = await Promise.all(
      Array.from({ length: Math.ceil(count / 10) }, () =>
        ecs.send(
          new RunTaskCommand({
            cluster: 'sockerless',
            taskDefinition: 'web',
            launchType: 'FARGATE',
            count: 10,
            networkConfiguration: { awsvpcConfiguration },
          }),
        ),
      ),
    )
    return answers.flatMap(({ tasks = [] }) => tasks.flatMap(({ taskArn }) => taskArn ?? []))
  }
  return { emulator, watch, clock, run }
}

const ARN = 'arn:aws:ecs:us-east-1:000000000000:task/sockerless/0123456789abcdef0123456789abcdef'

test('tasks are looked at in hundreds, and no more often than somebody needs', async () => {
  const seen = new Set<string>()
  const { emulator, watch, run } = await startWatch((id) => seen.add(id))
  for (const arn of await run(250)) watch.add(arn, arn)
  const looks = (): number => emulator.control.counters().calls.DescribeTasks ?? 0
  await Promise.all([watch.refresh(1000), watch.refresh(1000), watch.refresh(1000)])
  expect(looks()).toBe(3)
  expect(seen.size).toBe(250)
  await watch.refresh(1000)
  expect(looks()).toBe(3)
  // One that was added since is not known yet, however recent the last look.
  const [another = ''] = await run(10)
  watch.add(another, another)
  await watch.refresh(1000)
  expect(seen).toContain(another)
})

test('a task that ECS does not know yet is waited for; one that it has forgotten has ended', async () => {
  const told: (object | undefined)[] = []
  const { watch, clock } = await startWatch((_id, task) => told.push(task))
  watch.add(ARN, 'web')
  await watch.refresh(0)
  expect(told).toEqual([])
  clock.now += 60_000
  await watch.refresh(0)
  expect(told).toEqual([undefined])
})

test('one container in trouble does not keep the others from being seen', async () => {
  const seen: string[] = []
  const { watch, run } = await startWatch((id) => {
    if (seen.push(id) === 1) throw new Error('in trouble')
  })
  for (const arn of await run(10)) watch.add(arn, arn)
  await watch.refresh(0)
  expect(seen).toHaveLength(10)
})

test('nothing is asked where there is nothing to watch', async () => {
  const { emulator, watch, run } = await startWatch(() => {})
  const [arn = ''] = await run(10)
  watch.add(arn, arn)
  watch.remove(arn)
  await watch.refresh(0)
  expect(emulator.control.counters().calls.DescribeTasks).toBeUndefined()
})

test('a refusal is told to those who wait, a passing fault is not', async () => {
  const { emulator, watch } = await startWatch(() => {})
  watch.add(ARN, 'web')
  const refused = watch.refused(new AbortController().signal)
  refused.catch(() => undefined)
  const { injectFault } = emulator.control
  injectFault({ operation: 'DescribeTasks', fault: { kind: 'error', type: 'InvalidParameterException', message: 'x' } })
  await expect(watch.refresh(0)).rejects.toMatchObject({ status: 400 })
  injectFault({ operation: 'DescribeTasks', fault: { kind: 'error', type: 'AccessDeniedException', message: 'x' } })
  await expect(watch.refresh(0)).rejects.toMatchObject({ status: 500 })
  await expect(refused).rejects.toMatchObject({ facts: { name: 'AccessDeniedException' } })
})
